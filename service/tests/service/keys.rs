//! Keys in files: made, rotated and retired by the program, and followed by a service that goes on.

use std::path::Path;

use repass_service::{Command, Configuration, Keys, Log};
use serde_json::json;

use crate::running::{Service, configuration};

/// Runs the program with these arguments; what it says.
fn program(arguments: &[&str]) -> Result<String, String> {
    let command = Command::parse(arguments.iter().copied()).map_err(|error| error.to_string())?;
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut out = Vec::new();
    let done = runtime.block_on(command.run(&mut out, Log::new(std::io::sink())));
    done.map_err(|error| error.line())?;
    Ok(String::from_utf8(out).unwrap().trim_end().to_owned())
}

fn with_folder(folder: &Path) -> (String, Configuration) {
    let keys = folder.join("keys");
    let section = format!("folder = \"{}\"", keys.display());
    let begin = Configuration::DEMO.find("text = \"base64:").unwrap();
    let end = begin + Configuration::DEMO[begin..].find('\n').unwrap();
    let text = Configuration::DEMO.replace(&Configuration::DEMO[begin..end], &section);
    let file = folder.join("service.toml");
    std::fs::write(&file, text).unwrap();
    let mut read = Configuration::open(&file).unwrap();
    read.listen = configuration().listen;
    read.hashing = configuration().hashing;
    (file.display().to_string(), read)
}

#[test]
fn a_service_follows_its_keys_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (file, configuration) = with_folder(folder.path());
    assert!(program(&["key", "rotate", "--config", &file]).is_err());
    assert_eq!(program(&["key", "new", "--config", &file]).unwrap(), "made the key 1");
    let service = Service::with(configuration);
    let asked = |many| {
        assert_eq!(service.post_json("/v1/forgot", &json!({"login": "ada"})).status, 202);
        let message = service.messages("ada@example.org", many).pop().unwrap();
        Service::parameter(&message, "/reset?", "token")
    };
    let first = asked(1);
    assert_eq!(program(&["key", "new", "--config", &file]).unwrap(), "made the key 2");
    assert_eq!(program(&["key", "rotate", "--config", &file]).unwrap(), "the key 2 signs");
    let replaced = |times| {
        // Each look takes a round trip.
        for _ in 0..200_000 {
            let _ = service.get("/health");
            if service.log().matches("keys_replaced").count() >= times {
                return;
            }
        }
        panic!("the keys were not replaced: {}", service.log());
    };
    replaced(1);
    let second = asked(2);
    // Bytes 5 and 6 of a token are the number of its key.
    let key = |token: &str| {
        let bytes = data_encoding::BASE64URL_NOPAD.decode(token.as_bytes()).unwrap();
        u16::from_be_bytes([bytes[5], bytes[6]])
    };
    assert_eq!((key(&first), key(&second)), (1, 2));
    let body = json!({"token": first, "password": "plum-kettle-42"});
    assert_eq!(service.post_json("/v1/reset", &body).status, 200);
    assert!(service.signs_in("ada", "plum-kettle-42"));
    let retired = program(&["key", "retire", "1", "--config", &file]).unwrap();
    assert!(retired.starts_with("what the key 1 made ends at 20"), "{retired}");
    assert!(program(&["key", "retire", "2", "--config", &file]).is_err());
    assert!(program(&["key", "retire", "3", "--config", &file]).is_err());
    // What cannot be read changes nothing.
    std::fs::write(folder.path().join("keys/3.key"), "no key").unwrap();
    replaced(1);
    assert!(service.signs_in("ada", "plum-kettle-42"));
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_a_key() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (file, configuration) = with_folder(folder.path());
    program(&["key", "new", "--config", &file]).unwrap();
    let Keys::Folder(keys) = configuration.keys else { panic!("no folder") };
    let mode = std::fs::metadata(keys.join("1.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn commands_say_what_they_did_and_what_they_need() {
    let folder = tempfile::tempdir().unwrap();
    let (file, _) = with_folder(folder.path());
    let text = std::fs::read_to_string(&file).unwrap();
    let database = folder.path().join("service.db").display().to_string();
    let text = text.replace("\"temporary\"", &format!("\"sqlite:{database}\""));
    std::fs::write(&file, text).unwrap();
    program(&["key", "new", "--config", &file]).unwrap();
    let checked = program(&["--config", &file, "--check-config"]).unwrap();
    assert_eq!(checked, "the configuration can be used");
    let tables = "the tables are as they should be";
    assert_eq!(program(&["migrate", "--config", &file]).unwrap(), tables);
    assert_eq!(program(&["migrate", "--config", &file]).unwrap(), tables);
    assert_eq!(program(&["housekeep", "--config", &file]).unwrap(), "deleted 0 rows");
    for arguments in [
        &[][..],
        &["--demo", "--config", &file],
        &["migrate", "--demo"],
        &["key", "--config", &file],
        &["key", "retire", "--config", &file],
        &["key", "retire", "x", "--config", &file],
        &["--config"],
        &["--config", &file, "--listen", "8080"],
        &["--demo", "--quiet"],
        &["--demo", "--listen", "0.0.0.0:0"],
    ] {
        assert!(program(arguments).is_err(), "{arguments:?}");
    }
    assert!(program(&["--help"]).unwrap().starts_with("Usage:"));
}

/// Whatever the file is that cannot be read: a key that somebody has retired must not come back.
#[test]
fn a_key_whose_end_cannot_be_read_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let (file, configuration) = with_folder(folder.path());
    program(&["key", "new", "--config", &file]).unwrap();
    program(&["key", "new", "--config", &file]).unwrap();
    let Keys::Folder(keys) = configuration.keys else { panic!("no folder") };
    assert!(program(&["key", "retire", "2", "--config", &file]).is_ok());
    std::fs::remove_file(keys.join("2.until")).unwrap();
    // A folder is no file, whoever reads it.
    std::fs::create_dir(keys.join("2.until")).unwrap();
    let error = program(&["key", "retire", "2", "--config", &file]).unwrap_err();
    assert!(error.contains("2.until"), "{error}");
}

/// An administrator makes keys; the service reads them as a user of its own.
#[cfg(unix)]
#[test]
fn keys_belong_to_the_owner_of_their_folder() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let folder = tempfile::tempdir().unwrap();
    let (file, configuration) = with_folder(folder.path());
    program(&["key", "new", "--config", &file]).unwrap();
    let Keys::Folder(keys) = configuration.keys else { panic!("no folder") };
    assert_eq!(std::fs::metadata(&keys).unwrap().permissions().mode() & 0o777, 0o700);
    // Only an administrator can give a folder to somebody.
    if std::os::unix::fs::chown(&keys, Some(12_345), Some(12_345)).is_err() {
        return;
    }
    program(&["key", "new", "--config", &file]).unwrap();
    program(&["key", "rotate", "--config", &file]).unwrap();
    program(&["key", "retire", "1", "--config", &file]).unwrap();
    for name in ["2.key", "signing", "1.until"] {
        let file = std::fs::metadata(keys.join(name)).unwrap();
        assert_eq!((file.uid(), file.mode() & 0o777), (12_345, 0o600), "{name}");
    }
}

/// What the check approves starts.
#[test]
fn a_configuration_that_no_service_could_start_with_is_refused_by_the_check() {
    let folder = tempfile::tempdir().unwrap();
    let (file, _) = with_folder(folder.path());
    let check = || program(&["--config", &file, "--check-config"]);
    assert!(check().unwrap_err().contains("keys"));
    program(&["key", "new", "--config", &file]).unwrap();
    assert_eq!(check().unwrap(), "the configuration can be used");
    let text = std::fs::read_to_string(&file).unwrap();
    for (find, put, setting) in [
        ("\"temporary\"", "\"sqlite:/nowhere/service.db\"", "database"),
        ("\"temporary\"", "\"postgres://h:port/d\"", "database"),
        ("site = ", "base_url = \"http://localhost/a//b\"\nsite = ", "base_url"),
    ] {
        assert!(text.contains(find), "{find}");
        std::fs::write(&file, text.replacen(find, put, 1)).unwrap();
        let error = check().unwrap_err();
        assert!(error.starts_with(setting), "{put}: {error}");
    }
}
