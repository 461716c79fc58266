//! The tables of the section.

const DESIGN: &str = include_str!("../../DESIGN.md");

pub(crate) struct Table {
    /// The first cell of its head.
    pub(crate) name: String,
    pub(crate) rows: Vec<Vec<String>>,
}

/// All of them, in their order.
pub(crate) fn tables() -> Vec<Table> {
    let (_, section) = DESIGN.split_once("\n## Decisions\n").expect("the section");
    let (section, _) = section.split_once("\n## ").expect("the next section");
    let mut tables = Vec::new();
    for block in section.split("\n\n") {
        let mut lines = block.lines().filter(|line| line.starts_with('|')).map(cells);
        let Some(head) = lines.next() else { continue };
        assert!(lines.next().is_some_and(|line| line.iter().all(|cell| cell == "---")));
        let rows: Vec<_> = lines.collect();
        assert!(rows.iter().all(|row| row.len() == head.len()), "{}: a short row", head[0]);
        tables.push(Table { name: head[0].clone(), rows });
    }
    tables
}

/// What is seen is what the row with this first cell says.
pub(crate) fn check(name: &str, situation: &str, seen: &[String]) {
    let table = tables().into_iter().find(|table| table.name == name);
    let rows = table.expect("a table").rows;
    let mut rows = rows.iter().filter(|row| row[0] == situation);
    let row = rows.next().unwrap_or_else(|| panic!("{name} has no row: {situation}"));
    assert!(rows.next().is_none(), "{name} has two rows: {situation}");
    assert_eq!(seen, &row[1..], "{name}: {situation}");
}

/// Without the marks of code, which a test does not see.
fn cells(line: &str) -> Vec<String> {
    let line = line.trim().strip_prefix('|').and_then(|line| line.strip_suffix('|'));
    let cells = line.expect("a row").split('|');
    cells.map(|cell| cell.trim().replace('`', "")).collect()
}
