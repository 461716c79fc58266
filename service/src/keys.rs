//! The keys of the service, in files of one folder.
//!
//! `N.key` has the text of the key N, from 1 to 65535. The file `signing` has the number of the key that signs; all
//! others verify. `N.until` has the moment, in seconds since the beginning of 1970, from which on what the key N made
//! is refused. Services read the folder again every few seconds, so that no rotation needs a restart.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use repass::SysRng;
use repass::key::{Key, KeyId, Keyring};
use repass::rand_core::TryRng;
use repass::time::{Duration, UtcDateTime};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::configuration::Keys;
use crate::sessions::SessionKeys;
use crate::start_error::StartError;

/// How long the links live that a key made before it was replaced; then it can be retired (DESIGN.md, *Keys*).
const LONGEST_LINK: Duration = Duration::minutes(12 * 60 + 30);

type Done<T> = Result<T, StartError>;

fn wrong<E>(path: &Path) -> impl Fn(E) -> StartError + use<E>
where
    E: Into<Box<dyn core::error::Error + Send + Sync>>,
{
    StartError::of(&path.display().to_string())
}

/// The keys of the service, and what follows from them for sessions.
pub(crate) struct Ring {
    pub(crate) keyring: Keyring,
    pub(crate) sessions: SessionKeys,
}

/// The keys as they are now.
pub(crate) fn read(keys: &Keys) -> Done<Ring> {
    let mut sessions = SessionKeys::default();
    match keys {
        Keys::Text(text) => {
            let key = Key::from_text(text.expose()).map_err(StartError::of("keys.text"))?;
            sessions.add(text.expose());
            Ok(Ring { keyring: Keyring::new(KeyId::new(1), key), sessions })
        }
        Keys::Folder(folder) => {
            let folder = Folder(folder);
            let keyring = folder.keyring()?;
            let signing = keyring.signing_id();
            sessions.add(&folder.text(signing.number())?);
            for id in keyring.ids().filter(|id| *id != signing) {
                sessions.add(&folder.text(id.number())?);
            }
            Ok(Ring { keyring, sessions })
        }
    }
}

/// What changes when a file of the folder does.
pub(crate) fn state(keys: &Keys) -> Done<[u8; 32]> {
    let Keys::Folder(folder) = keys else { return Ok([0; 32]) };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(wrong(folder))? {
        files.push(entry.map_err(wrong(folder))?.path());
    }
    files.sort_unstable();
    let mut digest = Sha256::new();
    for file in files {
        // A file that was just put in the place of another one is read the next time.
        let bytes = Zeroizing::new(std::fs::read(&file).unwrap_or_default());
        digest.update(file.as_os_str().as_encoded_bytes());
        digest.update([0]);
        digest.update(Sha256::digest(&bytes));
    }
    Ok(digest.finalize().into())
}

/// Makes a key. The first one signs; a later one only verifies, so that every process can learn it before one of
/// them signs with it.
pub(crate) fn new(folder: &Path) -> Done<u16> {
    let folder = Folder(folder);
    make(folder.0)?;
    let before = folder.numbers()?;
    let number = before.last().copied().unwrap_or(0).checked_add(1);
    let number = number.ok_or_else(|| wrong(folder.0)("there are 65535 keys"))?;
    let mut bytes = [0; 32];
    SysRng.try_fill_bytes(&mut bytes).map_err(wrong(folder.0))?;
    let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    write_new(&folder.file(number, "key"), &format!("hex:{text}\n"))?;
    if before.is_empty() {
        replace(&folder.0.join("signing"), &number.to_string())?;
    }
    Ok(number)
}

/// Lets the newest key sign.
pub(crate) fn rotate(folder: &Path) -> Done<u16> {
    let folder = Folder(folder);
    let newest = folder.numbers()?.last().copied();
    let newest = newest.ok_or_else(|| wrong(folder.0)("there is no key: make one"))?;
    if newest == folder.signing()? {
        return Err(wrong(folder.0)(
            "the newest key signs already: make one, and let all services read it",
        ));
    }
    replace(&folder.0.join("signing"), &newest.to_string())?;
    Ok(newest)
}

/// Lets what a key made be refused when the longest link of it has ended.
pub(crate) fn retire(folder: &Path, number: u16, now: UtcDateTime) -> Done<UtcDateTime> {
    let folder = Folder(folder);
    let until = now.checked_add(LONGEST_LINK).unwrap_or(now);
    // Refused here, and not by every service that reads it.
    folder.keyring()?.retire(KeyId::new(number), until).map_err(wrong(folder.0))?;
    replace(&folder.file(number, "until"), &until.unix_timestamp().to_string())?;
    Ok(until)
}

struct Folder<'a>(&'a Path);

impl Folder<'_> {
    fn file(&self, number: u16, ending: &str) -> PathBuf {
        self.0.join(format!("{number}.{ending}"))
    }

    /// The numbers of the keys, in order.
    fn numbers(&self) -> Done<Vec<u16>> {
        let mut numbers = Vec::new();
        for entry in std::fs::read_dir(self.0).map_err(wrong(self.0))? {
            let name = entry.map_err(wrong(self.0))?.file_name();
            let number = name.to_str().and_then(|name| name.strip_suffix(".key"));
            numbers.extend(number.and_then(|number| number.parse::<u16>().ok()));
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    fn signing(&self) -> Done<u16> {
        let path = self.0.join("signing");
        let text = std::fs::read_to_string(&path).map_err(wrong(&path))?;
        text.trim().parse().map_err(wrong(&path))
    }

    fn text(&self, number: u16) -> Done<Zeroizing<String>> {
        let path = self.file(number, "key");
        std::fs::read_to_string(&path).map(Zeroizing::new).map_err(wrong(&path))
    }

    fn key(&self, number: u16) -> Done<Key> {
        Key::from_text(&self.text(number)?).map_err(wrong(&self.file(number, "key")))
    }

    fn keyring(&self) -> Done<Keyring> {
        let signing = self.signing()?;
        let mut ring = Keyring::new(KeyId::new(signing), self.key(signing)?);
        for number in self.numbers()? {
            if number == signing {
                continue;
            }
            let id = KeyId::new(number);
            ring = ring.verify_with(id, self.key(number)?).map_err(wrong(self.0))?;
            let path = self.file(number, "until");
            let text = match std::fs::read_to_string(&path) {
                Ok(text) => text,
                // Only this means that nobody has retired the key: with any other error it could go on.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(wrong(&path)(error)),
            };
            let seconds = text.trim().parse().map_err(wrong(&path))?;
            let until = UtcDateTime::from_unix_timestamp(seconds).map_err(wrong(&path))?;
            ring = ring.retire(id, until).map_err(wrong(&path))?;
        }
        Ok(ring)
    }
}

/// Makes a folder that only its owner can read, if it does not exist.
fn make(folder: &Path) -> Done<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(wrong(folder))
}

/// Gives a file to the owner of its folder, who is the user that the service runs as: an administrator makes keys as
/// another one.
#[cfg(unix)]
fn hand_over(path: &Path, file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let folder = std::fs::metadata(path.parent().unwrap_or(Path::new(".")))?;
    let own = file.metadata()?;
    if (own.uid(), own.gid()) == (folder.uid(), folder.gid()) {
        return Ok(());
    }
    let given = std::os::unix::fs::fchown(file, Some(folder.uid()), Some(folder.gid()));
    // The group of a file is of no account, since only its owner can read it.
    if own.uid() == folder.uid() { Ok(()) } else { given }
}

#[cfg(not(unix))]
fn hand_over(_: &Path, _: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}

/// Writes a file that only its owner can read, and that did not exist.
fn write_new(path: &Path, text: &str) -> Done<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(wrong(path))?;
    let written = hand_over(path, &file)
        .and_then(|()| file.write_all(text.as_bytes()))
        .and_then(|()| file.sync_all());
    written.map_err(|error| {
        // A half of a key would stop every service that reads it.
        let _ = std::fs::remove_file(path);
        wrong(path)(error)
    })
}

/// Writes a file beside the one of this name and puts it in its place, so that nobody reads half of it.
fn replace(path: &Path, text: &str) -> Done<()> {
    let beside = path.with_extension("new");
    // What a process that was stopped has left.
    let _ = std::fs::remove_file(&beside);
    write_new(&beside, text)?;
    std::fs::rename(&beside, path).map_err(wrong(path))
}
