//! What the makers of the systems have written down.

/// A text or a name that the document of a system has. Where the document is at hand, in a folder beside this
/// repository, it is looked up there.
pub(crate) fn says<'a>(system: &str, literal: &'a str) -> &'a str {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/systems");
    let documents = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for document in documents.map(|entry| entry.path()) {
        let name = document.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with(system) {
            let text = std::fs::read_to_string(&document).unwrap();
            let flat = |text: &str| text.split_whitespace().collect::<String>();
            assert!(flat(&text).contains(&flat(literal)), "{name} does not say: {literal}");
        }
    }
    literal
}
