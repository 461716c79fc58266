//! The documents of the systems. They are not part of this repository: where the variable `REPASS_DOCUMENTS` names
//! their folder, their samples are run as they are, but for scheme, host and values.

/// The document of a system.
pub(crate) fn document(system: &str) -> Option<String> {
    let folder = std::env::var_os("REPASS_DOCUMENTS")?;
    let files = std::fs::read_dir(folder).expect("the folder of REPASS_DOCUMENTS");
    let mut files = files.map(|file| file.unwrap().path());
    let file = files.find(|file| {
        file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(system))
    });
    let file = file.unwrap_or_else(|| panic!("no document of system {system}"));
    Some(std::fs::read_to_string(file).unwrap())
}

/// What is between two texts, together with the first of them.
pub(crate) fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let (start, _) = text.match_indices(from).next().unwrap_or_else(|| panic!("no {from}"));
    let text = &text[start..];
    text.split_once(to).unwrap_or_else(|| panic!("no {to} after {from}")).0
}

/// The text with all of these replaced. It has each of them.
pub(crate) fn substituted(text: &str, replacements: &[(&str, &str)]) -> String {
    let mut text = text.to_owned();
    for (find, put) in replacements {
        assert!(text.contains(find), "{find} is not in: {text}");
        text = text.replace(find, put);
    }
    text
}
