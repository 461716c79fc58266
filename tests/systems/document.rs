//! What the makers of the systems have written down.

/// A text or a name that the document of a system has. Where `REPASS_DOCUMENTS` names the folder of the
/// documents, whose names begin with the numbers of the systems, it is looked up there.
pub(crate) fn says<'a>(system: &str, literal: &'a str) -> &'a str {
    let Ok(folder) = std::env::var("REPASS_DOCUMENTS") else { return literal };
    let documents = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_of = |path: &std::path::PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(system))
    };
    let document = documents.into_iter().find(is_of).expect("a document of this system");
    let text = std::fs::read_to_string(document).unwrap();
    let flat = |text: &str| text.split_whitespace().collect::<String>();
    assert!(
        flat(&text).contains(&flat(literal)),
        "the document of {system} does not say: {literal}"
    );
    literal
}
