-- Documents of made-up words, as if they had been fetched.
UPDATE market.listing SET uri = format('https://bench.invalid/%s.json', listing);
INSERT INTO api.document (uri, content_hash, mirrors, status, checked_at, fields)
SELECT uri, '', '{}', 1, now(), jsonb_build_object(
    'name', initcap(first || ' ' || second), 'description', format('Reads %s for %s and tells of %s.', second, task, sector),
    'tags', jsonb_build_array(first, second, sector), 'task', task, 'sector', sector,
    'input', jsonb_build_array('text'), 'output', jsonb_build_array('text'), 'licence', 'MIT')
FROM market.listing, LATERAL (SELECT
    (ARRAY['amber','birch','cedar','delta','ember','fjord','garnet','harbour','island','jasper','kestrel','lumen',
        'meridian','nimbus','orchid','prairie','quartz','river','summit','tundra'])[1 + listing % 20] AS first,
    (ARRAY['vision','speech','ledger','forecast','weather','vessel','protein','contract','traffic','harvest','translation',
        'molecule','satellite','invoice','melody','terrain','radiology'])[1 + listing % 17] AS second,
    (ARRAY['text-generation','image-classification','forecasting','translation','retrieval'])[1 + listing % 5] AS task,
    (ARRAY['logistics','health','finance','climate','law','energy','retail'])[1 + listing % 7] AS sector
) AS words;
