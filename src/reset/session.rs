use alloc::string::String;
use core::fmt;

use data_encoding::BASE64URL_NOPAD;

use super::Flow;
use crate::account::Account;
use crate::key::{KeyId, Subkeys, Tag};

/// What a session carries so that it ends with the password: 33 bytes, 44 characters of base64url.
///
/// It depends on account id, password hash and, where the host has one, the session epoch: setting a
/// password, hashing it anew, or raising the epoch ends every session that carries an older tag.
/// [`Flow::session_holds`] compares it in constant time.
pub struct SessionTag(String);

impl SessionTag {
    /// The text to keep in the session.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SessionTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionTag(..)")
    }
}

const VERSION: u8 = 1;

impl Flow {
    /// The tag for a session that begins now.
    #[must_use]
    pub fn session_tag(&self, account: &Account) -> SessionTag {
        let key_id = self.keyring.signing_id();
        let tag = self.session_mac(self.keyring.signing(), account);
        let [high, low] = key_id.number().to_be_bytes();
        let mut bytes = [0; 33];
        let (head, digest) = bytes.split_at_mut(3);
        head.copy_from_slice(&[VERSION, high, low]);
        digest.iter_mut().zip(tag.bytes()).for_each(|(to, from)| *to = *from);
        SessionTag(BASE64URL_NOPAD.encode(&bytes))
    }

    /// Whether a session that carries `tag` is still valid. Ask this at each request, with the account
    /// as it is now. Returns `false` while the account is disabled, and while its password has to be
    /// changed or reset.
    #[must_use]
    pub fn session_holds(&self, account: &Account, tag: &str) -> bool {
        let mut bytes = [0; 33];
        if tag.len() != 44 || BASE64URL_NOPAD.decode_mut(tag.as_bytes(), &mut bytes).is_err() {
            return false;
        }
        let [VERSION, high, low, digest @ ..] = bytes else { return false };
        let key_id = KeyId::new(u16::from_be_bytes([high, low]));
        let Some(subkeys) = self.keyring.subkeys(key_id) else { return false };
        // The two bytes that the tag has no room for are taken from our side.
        let ours = self.session_mac(subkeys, account);
        let mut theirs = *ours.bytes();
        theirs.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        let may_sign_in =
            account.is_enabled() && account.must_change().is_none() && !account.requires_recovery();
        may_sign_in && ours.matches(&theirs)
    }

    fn session_mac(&self, subkeys: &Subkeys, account: &Account) -> Tag {
        let hash = account.stored_password().map(|hash| hash.expose_secret().as_bytes());
        let epoch = account.epoch().map(u64::to_be_bytes);
        let mac = subkeys.session.clone().raw(self.scope.encoded());
        let mac = mac.part(account.id().as_str().as_bytes()).part_or_absent(hash);
        mac.part_or_absent(epoch.as_ref().map(|epoch| epoch.as_slice())).finish()
    }
}
