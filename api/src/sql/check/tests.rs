use super::*;

fn allowed(text: &str) -> Checked {
    check(text).unwrap_or_else(|refused| panic!("{text}: {refused}"))
}

#[test]
fn what_analysts_write_is_let_through() {
    for text in [
        "SELECT 1",
        "SELECT * FROM purchases",
        "select count(*), sum(amount) from purchases where block_time > now() - interval '7 days' group by listing",
        "SELECT date_trunc('day', block_time) AS day, symbol, sum(amount / 1000000) FROM purchases GROUP BY 1, 2 ORDER BY 1 LIMIT 10;",
        "WITH first AS (SELECT payer, min(block_number) AS at FROM purchases GROUP BY payer) SELECT count(*) FROM first",
        "SELECT p.listing, l.kind FROM purchases p JOIN listings l ON l.chain_id = p.chain_id AND l.listing = p.listing",
        "SELECT payer, row_number() OVER (PARTITION BY payer ORDER BY block_number DESC) FROM purchases",
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) FROM purchases",
        "SELECT CASE WHEN amount > 5 THEN 'much' ELSE 'little' END, amount::text, CAST(fee AS numeric) FROM purchases",
        "SELECT count(*) FILTER (WHERE fee > 0), extract(dow FROM block_time) FROM purchases GROUP BY 2",
        "SELECT a.listing FROM listings a LEFT JOIN LATERAL (SELECT 1 AS one FROM plans p WHERE p.listing = a.listing LIMIT 1) x ON true",
        "SELECT listing FROM listings UNION ALL SELECT listing FROM plans ORDER BY 1",
        "SELECT (SELECT max(price) FROM plans) -- a comment",
    ] {
        allowed(text);
    }
}

#[test]
fn what_is_sent_is_printed_anew_and_addresses_become_bytes() {
    let address = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
    let checked = allowed(&format!("select 1 /* x */ from purchases where payer = '{address}'; -- end"));
    assert_eq!(
        checked.sql,
        "SELECT 1 FROM purchases WHERE payer = '\\xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'"
    );
    assert_eq!(checked.views, BTreeSet::from(["purchases".to_owned()]));
    assert_eq!(allowed("SELECT 'it''s'").sql, "SELECT 'it''s'");
}

#[test]
fn what_could_hurt_is_refused() {
    for text in [
        "",
        ";",
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE market.listing",
        "DELETE FROM purchases",
        "UPDATE plans SET price = 0",
        "INSERT INTO plans VALUES (1)",
        "TRUNCATE purchases",
        "COPY purchases TO PROGRAM 'id'",
        "COPY (SELECT 1) TO '/tmp/x'",
        "EXPLAIN ANALYZE SELECT 1",
        "SET ROLE postgres",
        "SHOW ALL",
        "NOTIFY x",
        "LISTEN x",
        "DO $$ BEGIN END $$",
        "CREATE TEMP TABLE x AS SELECT 1",
        "SELECT 1 INTO x",
        "SELECT * FROM purchases FOR UPDATE",
        "TABLE purchases",
        "WITH x AS (DELETE FROM purchases RETURNING 1) SELECT * FROM x",
        "WITH x AS (INSERT INTO plans VALUES (1) RETURNING 1) SELECT * FROM x",
        "WITH RECURSIVE x AS (SELECT 1 UNION ALL SELECT 1 FROM x) SELECT * FROM x",
        "WITH pg_class AS (SELECT 1) SELECT * FROM pg_class",
        "WITH purchases AS (SELECT 1) SELECT * FROM purchases",
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_notify('a', 'b')",
        "SELECT set_config('role', 'postgres', false)",
        "SELECT current_setting('data_directory')",
        "SELECT pg_sleep(10)",
        "SELECT pg_catalog.count(*) FROM purchases",
        "SELECT \"pg_sleep\"(10)",
        "SELECT \"count\"(1)",
        "SELECT version()",
        "SELECT current_user",
        "SELECT user",
        "SELECT repeat('x', 1000000000)",
        "SELECT lpad('x', 1000000000)",
        "SELECT string_agg(uri, ',') FROM listings",
        "SELECT array_agg(uri) FROM listings",
        "SELECT replace('a', 'a', 'aaaa')",
        "SELECT 'a' || 'b'",
        "SELECT * FROM generate_series(1, 1000000000)",
        "SELECT generate_series(1, 10)",
        "SELECT * FROM unnest(ARRAY[1])",
        "SELECT * FROM pg_class",
        "SELECT * FROM \"pg_class\"",
        "SELECT * FROM pg_catalog.pg_authid",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM archive.cursor",
        "SELECT * FROM api.key",
        "SELECT * FROM market.purchase",
        "SELECT * FROM \"Purchases\"",
        "SELECT * FROM purchases TABLESAMPLE SYSTEM (1)",
        "SELECT 'pg_class'::regclass",
        "SELECT CAST('pg_sleep' AS regproc)",
        "SELECT regclass 'pg_class'",
        "SELECT 'a'::xml",
        "SELECT $$x$$",
        "SELECT $1",
        "SELECT E'\\x41'",
        "SELECT U&'\\0041'",
        "SELECT N'a'",
        "SELECT X'41'",
        "SELECT \"a\"\"b\"",
        "SELECT 1 OPERATOR(pg_catalog.+) 1",
        "SELECT 'a' ~ '(a+)+$'",
        "SELECT 'a' SIMILAR TO 'b'",
        "SELECT listing FROM listings GROUP BY CUBE (listing)",
        "SELECT ARRAY[1, 2]",
        "SELECT row_to_json(p) FROM purchases p",
        "SELECT query_to_xml('select 1', true, false, '')",
        "SELECT lo_import('/etc/passwd')",
        "VALUES (pg_sleep(1))",
    ] {
        assert!(check(text).is_err(), "{text} was let through");
    }
    assert!(check(&format!("SELECT {}1", "1+".repeat(5_000))).is_err(), "too long");
    assert!(check(&format!("SELECT {}1{}", "(".repeat(3_000), ")".repeat(3_000))).is_err(), "too deep");
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(SELECT|WITH|FROM|purchases|'|\"|\\$|;|\\(|\\)|--|/\\*|[ -~]){0,40}") {
        if let Ok(checked) = check(&text) {
            // What was let through is let through again, and says the same.
            proptest::prop_assert_eq!(check(&checked.sql).map(|again| again.sql), Ok(checked.sql));
        }
    }
}
