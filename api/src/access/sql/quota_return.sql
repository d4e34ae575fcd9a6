-- Gives back what a replica leased and did not spend, where the window is still the one that it was leased from.
UPDATE api.quota SET granted = greatest(0, granted - $3)
WHERE subject = $1 AND name = $2 AND since = date_trunc($4, now(), 'UTC')
