use alloc::string::String;
use core::fmt;

use data_encoding::HEXUPPER;
use sha1::{Digest, Sha1};
use subtle::{ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use super::row::{Row, is_cut_off};
use super::{Breach, BreachAnswer, BreachUnknown, sorted};
use crate::policy::fingerprint::Fingerprint;
use crate::secret::Password;

/// One question to Pwned Passwords, or to a mirror of it, about one password: what to ask, and how to
/// read the answer. The caller transports both.
///
/// The service is sent the first 20 bits of the SHA-1 of the password, and answers with all hashes
/// that begin so. The rest is a secret that stays here and is wiped on drop.
///
/// Source: the API of Have I Been Pwned, version 3, "Searching by range".
///
/// ```
/// use repass::policy::{Breach, BreachQuery, BreachUnknown};
/// use repass::secret::Password;
///
/// /// Stands for an HTTP client.
/// fn get(url: &str, header: (&str, &str)) -> Result<(u16, Vec<u8>), ()> {
///     assert_eq!(url, "https://api.pwnedpasswords.com/range/5BAA6");
///     assert_eq!(header, ("Add-Padding", "true"));
///     let rows = "1D2DA4053E34E76F6576ED1DA63134B5E2A:2\r\n\
///                 1E4C9B93F3F0682250B6CF8331B7EE68FD8:52256179\r\n\
///                 1E8A4B7D2C1F0E9B8A7D6C5F4E3D2C1B0A9:0";
///     Ok((200, rows.into()))
/// }
///
/// let query = BreachQuery::new(&Password::new("password")?);
/// let url = format!("https://api.pwnedpasswords.com{}", query.path());
/// let answer = match get(&url, ("Add-Padding", "true")) {
///     Ok((status, body)) => query.read(status, &body),
///     Err(()) => query.unknown(BreachUnknown::Unreachable),
/// };
/// assert_eq!(answer.breach(), Breach::seen(52_256_179));
/// # Ok::<(), repass::secret::PasswordError>(())
/// ```
pub struct BreachQuery {
    about: Fingerprint,
    sha1: Zeroizing<[u8; 20]>,
    /// The same in uppercase hexadecimal digits.
    hex: Zeroizing<[u8; 40]>,
}

impl BreachQuery {
    /// How many hexadecimal digits are sent.
    const PREFIX: usize = 5;

    /// Asks about `password`, in the spelling that is hashed and stored.
    #[must_use]
    pub fn new(password: &Password) -> Self {
        let mut sha1 = Zeroizing::new([0; 20]);
        Sha1::new_with_prefix(password.expose_secret()).finalize_into((&mut *sha1).into());
        let mut hex = Zeroizing::new([0; 40]);
        HEXUPPER.encode_mut(&*sha1, &mut *hex);
        Self { about: Fingerprint::of(password), sha1, hex }
    }

    /// What is sent: the first five hexadecimal digits of the hash, in upper case.
    #[must_use]
    pub fn prefix(&self) -> &str {
        let prefix = self.hex.get(..Self::PREFIX).unwrap_or_default();
        core::str::from_utf8(prefix).unwrap_or_default()
    }

    /// `/range/` and the prefix: the path of the request, at `https://api.pwnedpasswords.com` or at a
    /// mirror.
    ///
    /// With the header `Add-Padding: true` the size of the answer does not tell which prefix it was.
    #[must_use]
    pub fn path(&self) -> String {
        ["/range/", self.prefix()].concat()
    }

    /// The SHA-1 of the password, to look up in a filter of one's own; an unsalted hash is a secret.
    #[must_use]
    pub fn expose_sha1(&self) -> &[u8; 20] {
        &self.sha1
    }

    /// Reads the answer of the service: the status of the HTTP response, and its body.
    ///
    /// Whether the body was cut off between two rows cannot be seen here; the HTTP client has to
    /// compare its length with what was announced.
    pub fn read(&self, status: u16, body: &[u8]) -> BreachAnswer {
        if status == 200 {
            self.read_range(body)
        } else {
            self.unknown(BreachUnknown::Status { status })
        }
    }

    /// That the source gave no answer, for this reason.
    pub fn unknown(&self, reason: BreachUnknown) -> BreachAnswer {
        self.answer(Breach::Unknown(reason))
    }

    /// Reads the rows of the prefix, 35 hexadecimal digits, a colon and a count each, as the service
    /// sends them and a mirror stores them.
    ///
    /// Rows with the count 0 are padding. A list without any other row is malformed: the service has
    /// hundreds for every prefix, and a mirror that has none answers [`Breach::Absent`] by itself. A
    /// row that cannot be read leaves the answer open, unless another has the password.
    ///
    /// Each row is compared in constant time, and all of them are read.
    pub fn read_range(&self, rows: &[u8]) -> BreachAnswer {
        let suffix = self.hex.get(Self::PREFIX..).unwrap_or_default();
        let (mut seen, mut real, mut unknown) = (0, false, None);
        let mut lines = rows.split(|byte| *byte == b'\n').peekable();
        while let Some(line) = lines.next() {
            let is_last = lines.peek().is_none();
            let line = line.trim_ascii();
            if line.is_empty() {
                continue;
            }
            if let Some(row) = Row::<35>::read(line) {
                let is_ours = row.hash.as_slice().ct_eq(suffix);
                seen = seen.max(u64::conditional_select(&0, &row.count, is_ours));
                real |= row.count > 0;
            } else if is_last && is_cut_off::<35>(line) {
                unknown = unknown.or(Some(BreachUnknown::Truncated));
            } else {
                unknown = unknown.or(Some(BreachUnknown::Malformed));
            }
        }
        self.answer(match unknown {
            _ if seen > 0 => Breach::seen(seen),
            Some(reason) => Breach::Unknown(reason),
            None if !real => Breach::Unknown(BreachUnknown::Malformed),
            None => Breach::Absent,
        })
    }

    /// Searches the download of Pwned Passwords that is ordered by hash, or a file like it: a row of 40
    /// hexadecimal digits, a colon and a count on each line. The caller maps or reads the file.
    ///
    /// Nothing is copied, and some thirty rows are looked at. A hash before the first row or behind the
    /// last is [`BreachUnknown::NotCovered`]: of a billion hashes that happens once in a billion
    /// passwords, of a download that broke off for most. How long the search takes, and what of the
    /// file it touches, depends on the hash.
    pub fn read_sorted(&self, file: &[u8]) -> BreachAnswer {
        self.answer(sorted::search(file, &self.hex))
    }

    fn answer(&self, breach: Breach) -> BreachAnswer {
        BreachAnswer::of(self.about.clone(), breach)
    }
}

impl fmt::Debug for BreachQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BreachQuery(..)")
    }
}
