-- The events that retractions took back; each number as text, so that none is rounded.
SELECT e.seq, e.log_index, e.event, (
    SELECT jsonb_object_agg(key, CASE jsonb_typeof(value)
        WHEN 'number' THEN to_jsonb(value #>> '{}')
        WHEN 'array' THEN coalesce((
            SELECT jsonb_agg(to_jsonb(element) ORDER BY place)
            FROM jsonb_array_elements_text(value) WITH ORDINALITY AS part (element, place)
        ), '[]')
        ELSE value END)
    FROM jsonb_each(e.content)
) AS content
FROM archive.retracted_event e WHERE e.chain_id = $1 AND e.seq = ANY($2) ORDER BY e.seq, e.log_index
