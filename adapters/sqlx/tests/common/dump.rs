//! What the tables hold tells nobody a secret.

use repass::SysRng;
use repass::account::Lookup;
use repass::port::Accounts;
use repass::reset::{Delivery, Proof};
use repass::secret::{Password, Salt};

use super::{Result, ada, at, dump, hasher, policy, read, recovery, seed, skipped, token};

const NEW: &str = "plum-kettle-42";

/// The forms in which a text can lie in a dump: as it is and decoded from base64url, each of them as bytes,
/// in hexadecimal and in base64.
fn forms(secret: &str) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    let decoded = from_base64(secret);
    for bytes in [Some(secret.as_bytes().to_vec()), decoded].into_iter().flatten() {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        forms.push(hex.to_uppercase().into_bytes());
        forms.push(hex.into_bytes());
        // Wherever it begins within a group of three bytes.
        for skip in 0..3 {
            let rest = bytes.get(skip..).unwrap_or_default();
            let whole = rest.len().saturating_sub(rest.len() % 3);
            for alphabet in [STANDARD, URL_SAFE] {
                forms.push(to_base64(rest.get(..whole).unwrap_or_default(), alphabet));
            }
        }
        forms.push(bytes.iter().rev().copied().collect());
        forms.push(bytes);
    }
    forms.retain(|form| form.len() >= 6);
    forms
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn to_base64(bytes: &[u8], alphabet: &[u8; 64]) -> Vec<u8> {
    let groups = bytes.chunks(3).flat_map(|group| {
        let bits = group.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| alphabet[bits >> shift & 63])
    });
    groups.collect()
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let values = text.bytes().map(|byte| URL_SAFE.iter().position(|letter| *letter == byte));
    let values: Vec<usize> = values.collect::<Option<_>>()?;
    let groups = values.chunks_exact(4).flat_map(|group| {
        let bits = group.iter().fold(0, |bits, value| bits << 6 | value);
        [16, 8, 0].map(|shift| u8::try_from(bits >> shift & 255).unwrap_or(0))
    });
    Some(groups.collect())
}

fn has(dump: &str, form: &[u8]) -> bool {
    dump.contains(&characters(form))
}

/// A character for each byte: texts are searched quickly.
fn characters(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

#[test]
fn the_search_finds_each_form() {
    // RFC 4648, section 10.
    assert_eq!(to_base64(b"foobar", STANDARD), b"Zm9vYmFy");
    assert_eq!(from_base64("Zm9vYmFy").as_deref(), Some(&b"foobar"[..]));
    for form in [&b"Zm9vYmFy"[..], b"foobar", b"666F6F626172", b"Wm05dlltRnk"] {
        let dump = characters(&[b"before", form, b"after"].concat());
        assert!(forms("Zm9vYmFy").iter().any(|form| has(&dump, form)), "{form:?}");
    }
    assert!(!forms("Zm9vYmFy").iter().any(|form| has("something else altogether", form)));
}

#[tokio::test]
async fn no_table_holds_a_token_a_code_a_ticket_or_a_password() -> Result {
    if skipped() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let recovery = recovery(folder.path()).await?;
    recovery.ports().accounts.put(&ada()?).await?;
    let (mut secrets, mut dumps) = (Vec::new(), Vec::new());
    let now = at(0)?;
    let lookup = Lookup::email("ada@example.org")?;
    let handle = recovery.request(lookup, Delivery::LINK_AND_CODE, None, seed()?, now).await?;
    secrets.push(handle.expose_secret().to_owned());
    dumps.push(dump(folder.path()).await?);
    // The request becomes a message, which is delivered in the next round.
    while !recovery.work(repass::queue::ClaimToken::new(seed()?), 1, now).await?.is_empty() {
        dumps.push(dump(folder.path()).await?);
    }
    let token = token(folder.path()).ok_or("no link")?;
    let messages = read(&folder.path().join("messages"));
    let code = messages
        .lines()
        .map(str::trim)
        .find(|line| line.len() == 9 && line.chars().all(|c| c.is_ascii_uppercase() || c == '-'));
    let code = code.ok_or("no code")?.to_owned();
    secrets.extend([token.clone(), code.clone(), code.replace('-', "")]);
    let handle = handle.expose_secret();
    let admitted = recovery.admit(Proof::Code { handle, code: &code }, None, now).await?;
    secrets.push(admitted.ticket().ok_or("no ticket")?.expose_secret().to_owned());
    dumps.push(dump(folder.path()).await?);
    let salt = Salt::generate(&mut SysRng)?;
    let change = admitted.set_password(&Password::new(NEW)?, &policy()?, &hasher()?, salt)?;
    let after = recovery.commit(change, now).await?;
    dumps.push(dump(folder.path()).await?);
    recovery.settle(&after, now).await?;
    dumps.push(dump(folder.path()).await?);
    secrets.extend([NEW.to_owned(), super::OLD.to_owned()]);

    let stored = recovery.ports().accounts.load(ada()?.id(), now).await?.ok_or("gone")?;
    let stored = stored.password().ok_or("no password")?.expose_secret().to_owned();
    let dumps: Vec<String> = dumps.iter().map(|dump| characters(dump)).collect();
    // Control: what is stored is found.
    assert!(dumps.iter().any(|dump| forms(&stored).iter().any(|form| has(dump, form))));
    for (number, dump) in dumps.iter().enumerate() {
        for secret in &secrets {
            for form in forms(secret) {
                assert!(!has(dump, &form), "dump {number} has {secret}");
            }
        }
    }
    Ok(())
}
