use repass::port::PortError;

use super::columns::{Columns, Kind};
use super::error::{Cost, TableError, TableProblem};
use super::sql::Shape;
use super::{Flag, Source, Text, UserTable};
use crate::{Driver, Identifier};

/// Compares the configuration with the database.
pub(super) async fn check<D: Driver>(driver: &D, table: UserTable) -> Result<Shape, TableError> {
    let schema = match &table.schema {
        Some(schema) => schema.clone(),
        None => Identifier::new(D::DIALECT.schema()).map_err(PortError::from)?,
    };
    let users = Columns::read(driver, schema.as_str(), &table.table).await?;
    let id = users.id(&table.id)?;
    users.unique(&table.id)?;
    users.hash(&table.password)?;
    for text in [&table.email, &table.login, &table.phone].into_iter().flatten() {
        check_text(&users, text)?;
    }
    for (_, column) in &table.fields {
        users.text(column)?;
    }
    for name in table.names.iter().flatten() {
        users.text(name)?;
    }
    for number in [&table.version, &table.epoch].into_iter().flatten() {
        users.number(number)?;
    }
    if let Some((column, _)) = &table.tenant {
        users.exists(column)?;
    }
    let mut shape = Shape {
        dialect: D::DIALECT,
        schema,
        id,
        email_account: Kind::Other,
        history_account: Kind::Other,
        email_verified: flag(&users, &table.email_verified)?,
        requires_recovery: Kind::Other,
        changed_at: Kind::Other,
        until: Kind::Other,
        replaced_at: Kind::Other,
        table,
    };
    flag(&users, &shape.table.enabled)?;
    flag(&users, &shape.table.phone_verified)?;
    if let Some(column) = &shape.table.requires_recovery {
        shape.requires_recovery = users.flag(column)?;
    }
    if let Some(column) = &shape.table.changed_at {
        shape.changed_at = users.moment(column)?;
    }
    if let Some([reason, until]) = &shape.table.must_change {
        users.text(reason)?;
        shape.until = users.moment(until)?;
    }
    let by_email = shape.table.email.is_some() || shape.table.emails.is_some();
    if !by_email
        && shape.table.login.is_none()
        && shape.table.phone.is_none()
        && shape.table.fields.is_empty()
    {
        return Err(users.wrong(None, TableProblem::NoLookup));
    }
    if let Some(emails) = &shape.table.emails {
        if shape.table.email.is_some() {
            return Err(users.wrong(None, TableProblem::TwoAddresses));
        }
        if shape.table.version.is_none() {
            return Err(users.wrong(None, TableProblem::NoVersion));
        }
        let columns = Columns::read(driver, shape.schema.as_str(), &emails.table).await?;
        shape.email_account = columns.id(&emails.account)?;
        check_text(&columns, &emails.email)?;
        shape.email_verified = flag(&columns, &emails.verified)?;
    }
    if let Some(history) = &shape.table.history {
        let columns = Columns::read(driver, shape.schema.as_str(), &history.table).await?;
        shape.history_account = columns.id(&history.account)?;
        columns.hash(&history.password)?;
        shape.replaced_at = columns.moment(&history.replaced_at)?;
        if let Some(number) = &history.number {
            columns.number(number)?;
        }
    }
    Ok(shape)
}

fn check_text(columns: &Columns, text: &Text) -> Result<(), TableError> {
    columns.text(&text.column)?;
    text.canonical.as_ref().map_or(Ok(()), |column| columns.text(column))
}

fn flag(columns: &Columns, flag: &Flag) -> Result<Kind, TableError> {
    match &flag.0 {
        Source::Always => Ok(Kind::Other),
        Source::Column { column, .. } => columns.flag(column),
        Source::Set { column, .. } => columns.moment(column),
    }
}

/// What a table lacks, and what that costs.
pub(super) fn costs(table: &UserTable) -> Vec<Cost> {
    let email_is_marked = match (&table.emails, &table.email) {
        (Some(emails), _) => emails.verified != Flag::ALWAYS,
        (None, Some(_)) => table.email_verified != Flag::ALWAYS,
        (None, None) => true,
    };
    let phone_is_marked = table.phone.is_none() || table.phone_verified != Flag::ALWAYS;
    let texts = [
        table.email.as_ref(),
        table.emails.as_ref().map(|emails| &emails.email),
        table.login.as_ref(),
        table.phone.as_ref(),
    ];
    let canonical = texts.into_iter().flatten().all(|text| text.canonical.is_some());
    [
        (table.version.is_none(), Cost::NoVersion),
        (table.epoch.is_none(), Cost::NoEpoch),
        (!email_is_marked || !phone_is_marked, Cost::NoVerified),
        (table.enabled == Flag::ALWAYS, Cost::NoEnabled),
        (table.must_change.is_none(), Cost::NoMustChange),
        (table.requires_recovery.is_none(), Cost::NoRequiredRecovery),
        (table.changed_at.is_none(), Cost::NoChangedAt),
        (table.history.is_none(), Cost::NoHistory),
        (!canonical, Cost::NoCanonical),
    ]
    .into_iter()
    .filter_map(|(lacks, cost)| lacks.then_some(cost))
    .collect()
}
