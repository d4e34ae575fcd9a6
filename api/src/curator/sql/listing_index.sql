-- The words of all listings that have this document. A name weighs more than a tag, a tag more than a description.
UPDATE api.listing_document AS l
SET name = d.name,
    tags = d.tags,
    task = d.fields->>'task',
    sector = d.fields->>'sector',
    modalities = d.modalities,
    resource_class = d.fields->>'resource_class',
    framework = d.fields->>'framework',
    words = setweight(to_tsvector('english', coalesce(d.name, '')), 'A')
        || setweight(to_tsvector('english', concat_ws(' ', array_to_string(d.tags, ' '), d.fields->>'task',
            d.fields->>'sector', array_to_string(d.modalities, ' '), d.fields->>'resource_class',
            d.fields->>'framework', d.fields->>'licence', l.licence)), 'B')
        || setweight(to_tsvector('english', coalesce(d.fields->>'description', '')), 'D'),
    fuzzy = lower(concat_ws(' ', d.name, array_to_string(d.tags, ' '), d.fields->>'task', d.fields->>'sector',
        d.fields->>'framework'))
FROM (
    SELECT fields, fields->>'name' AS name,
           ARRAY(SELECT DISTINCT jsonb_array_elements_text(coalesce(fields->'tags', '[]')) ORDER BY 1) AS tags,
           ARRAY(SELECT DISTINCT jsonb_array_elements_text(
               coalesce(fields->'input', '[]') || coalesce(fields->'output', '[]')) ORDER BY 1) AS modalities
    FROM api.document WHERE uri = $1 AND content_hash = $2
) AS d
WHERE l.uri = $1 AND l.content_hash = $2
