//! Nonces of sign-ins. Giving one out stores nothing: it says when it ends and carries a mark that only this server
//! can make. Spending it is stored, until it would have ended.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::secret::{Pepper, base62, equal};
use alloy::primitives::hex;

/// How long one may be signed.
pub(crate) const LIFE: Duration = Duration::minutes(10);
const RANDOM: usize = 24;

/// A new one, and when it ends.
pub(super) fn give(
    pepper: &Pepper,
    now: OffsetDateTime,
) -> Result<(String, OffsetDateTime), rand::rand_core::OsError> {
    // To the second, as it is written.
    let ends = now.unix_timestamp() + LIFE.whole_seconds();
    let body = format!("{ends:010x}{}", base62(RANDOM)?);
    let nonce = format!("{body}{}", mark(pepper, &body));
    Ok((nonce, OffsetDateTime::from_unix_timestamp(ends).unwrap_or(now)))
}

/// When a nonce of ours ends; `None` for one that is not ours.
pub(super) fn end_of(pepper: &Pepper, nonce: &str) -> Option<OffsetDateTime> {
    if nonce.len() != 10 + RANDOM + 32 || !nonce.is_ascii() {
        return None;
    }
    let (body, told) = nonce.split_at(10 + RANDOM);
    if !equal(mark(pepper, body).as_bytes(), told.as_bytes()) {
        return None;
    }
    OffsetDateTime::from_unix_timestamp(i64::from_str_radix(&body[..10], 16).ok()?).ok()
}

/// Spends it. Tells whether nobody had.
pub(super) async fn spend(
    connection: &mut PgConnection,
    nonce: &str,
    ends: OffsetDateTime,
) -> sqlx::Result<bool> {
    let sql = "INSERT INTO api.used_nonce (nonce, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    Ok(sqlx::query(sql).bind(nonce).bind(ends).execute(connection).await?.rows_affected() == 1)
}

fn mark(pepper: &Pepper, body: &str) -> String {
    hex::encode(&pepper.hash("nonce", body)[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_are_known() {
        let pepper = Pepper::new(&[7; 32]).expect("long enough");
        let now = OffsetDateTime::from_unix_timestamp(1_795_359_600).expect("a time");
        let (nonce, ends) = give(&pepper, now).expect("random");
        assert_eq!(ends, now + LIFE);
        assert_eq!(end_of(&pepper, &nonce), Some(ends));
        assert!(nonce.bytes().all(|byte| byte.is_ascii_alphanumeric()), "as EIP-4361 asks");
        assert_ne!(give(&pepper, now).expect("random").0, nonce);
        let longer = nonce.replacen(&nonce[..10], "00ffffffff", 1);
        let other = Pepper::new(&[8; 32]).expect("long enough");
        for (pepper, nonce) in
            [(&other, nonce.as_str()), (&pepper, &longer), (&pepper, &nonce[1..]), (&pepper, "")]
        {
            assert_eq!(end_of(pepper, nonce), None, "{nonce}");
        }
    }
}
