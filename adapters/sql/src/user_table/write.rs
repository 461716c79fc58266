use repass::account::{AccountChange, AccountWrite, Channel, Contact, MustChange};
use repass::secret::PasswordHash;
use repass::time::UtcDateTime;

use super::sql::{Builder, Shape};
use super::{EmailTable, Flag, Source, Text};
use crate::{ColumnType, Query, Value};

/// The statements of a change; the first one decides. None where the table cannot store what the change is
/// about.
pub(super) fn write(shape: &Shape, write: &AccountWrite) -> Option<Vec<Query>> {
    let mut update = Update::new(shape, write)?;
    let table = &shape.table;
    let mut then = Vec::new();
    match write.change() {
        AccountChange::Password { hash, must_change } => {
            update.set_hash(hash);
            update.set_must_change(must_change)?;
            update.raise_version();
            update.raise_epoch();
            if let Some(column) = &table.changed_at {
                let bound = update.bind(seconds(write.at()));
                update.set(column.to_string(), shape.to_moment(shape.changed_at, &bound));
            }
            if let Some(column) = &table.requires_recovery {
                let no = shape.to_truth(shape.requires_recovery, false);
                update.set(column.to_string(), no.to_owned());
            }
            update.as_seen()?;
            then.extend(add_past(shape, write));
        }
        AccountChange::Rehash { hash } => {
            update.set_hash(hash);
            update.with_seen_password();
        }
        AccountChange::MustChange { must_change } => {
            let [reason, _] = table.must_change.as_ref()?;
            update.with(format!("u.{reason} IS NULL"));
            update.set_must_change(Some(must_change))?;
            update.raise_epoch();
            update.with_seen_password();
        }
        AccountChange::EndSessions => {
            table.epoch.as_ref()?;
            update.raise_epoch();
        }
        AccountChange::RequireRecovery => {
            let column = table.requires_recovery.as_ref()?;
            let yes = shape.to_truth(shape.requires_recovery, true);
            update.set(column.to_string(), yes.to_owned());
            update.raise_epoch();
        }
        AccountChange::Contact { verified, replaces } => match (&table.emails, &table.email) {
            (Some(emails), _) => {
                update.raise_version();
                update.as_seen()?;
                then.push(verify(shape, emails, write, verified)?.decides());
                if let Some(replaced) = replaces {
                    then.push(remove(shape, emails, write, replaced)?.decides());
                }
            }
            // One column holds one address: nothing else can be replaced by it.
            (None, Some(email)) if replaces.is_none() => {
                update.raise_version();
                update.as_seen()?;
                let (column, value) =
                    mark(shape, &table.email_verified, &mut update.builder, write.at())?;
                update.set(column, value);
                let is = update.is_contact(&shape.canonical("u", email), email, "u", verified);
                update.with(is);
                update.with(format!("NOT ({})", shape.flag("u", &table.email_verified)));
            }
            _ => return None,
        },
    }
    let mut queries = vec![update.finish()];
    queries.extend(then);
    Some(queries)
}

/// An `UPDATE` of one row, whose condition is about that row alone.
struct Update<'a> {
    shape: &'a Shape,
    write: &'a AccountWrite,
    builder: Builder,
    set: Vec<String>,
    conditions: Vec<String>,
}

impl<'a> Update<'a> {
    /// None if the id cannot be one of the table.
    fn new(shape: &'a Shape, write: &'a AccountWrite) -> Option<Self> {
        let mut builder = Builder::new(shape.dialect);
        let bound = builder.bind(shape.id_value(shape.id, write.id())?);
        let mut condition = shape.is_id(&format!("u.{}", shape.table.id), shape.id, &bound);
        condition.push_str(&shape.of_tenant(&mut builder));
        Some(Self { shape, write, builder, set: Vec::new(), conditions: vec![condition] })
    }

    fn bind(&mut self, value: Value) -> String {
        self.builder.bind(value)
    }

    fn set(&mut self, column: String, value: String) {
        self.set.push(format!("{column} = {value}"));
    }

    fn with(&mut self, condition: String) {
        self.conditions.push(condition);
    }

    fn set_hash(&mut self, hash: &PasswordHash) {
        let bound = self.bind(Value::text(hash.expose_secret()));
        self.set(self.shape.table.password.to_string(), bound);
    }

    /// None if it has to be stored and there are no columns for it.
    fn set_must_change(&mut self, must_change: Option<MustChange>) -> Option<()> {
        let Some([reason, until]) = &self.shape.table.must_change else {
            return must_change.is_none().then_some(());
        };
        let code = must_change.map(|must_change| must_change.reason().code().to_owned());
        let bound = self.bind(Value::Text(code));
        self.set(reason.to_string(), bound);
        let at = must_change.and_then(|must_change| must_change.expires_at());
        let bound = self.bind(Value::Integer(at.map(UtcDateTime::unix_timestamp)));
        self.set(until.to_string(), self.shape.to_moment(self.shape.until, &bound));
        Some(())
    }

    fn raise_version(&mut self) {
        if let Some(version) = &self.shape.table.version {
            self.set(version.to_string(), format!("u.{version} + 1"));
        }
    }

    fn raise_epoch(&mut self) {
        if let Some(epoch) = &self.shape.table.epoch {
            self.set(epoch.to_string(), format!("u.{epoch} + 1"));
        }
    }

    /// The stored text is compared byte by byte.
    fn with_seen_password(&mut self) {
        let seen = self.write.seen_password().map(|hash| hash.expose_secret().to_owned());
        let bound = self.bind(Value::Text(seen));
        let column = self.shape.exact(&format!("u.{}", self.shape.table.password));
        self.with(format!("{column} {} {bound}", self.shape.same()));
    }

    /// The account as it was seen: stored text, state, version, contacts. None if it certainly is not.
    fn as_seen(&mut self) -> Option<()> {
        self.with_seen_password();
        let (shape, table) = (self.shape, &self.shape.table);
        self.with(shape.flag("u", &table.enabled));
        if let Some(column) = &table.requires_recovery {
            let test = shape.truth(&format!("u.{column}"));
            let required = self.write.seen_requires_recovery();
            self.with(if required { test } else { format!("NOT ({test})") });
        }
        if let Some(version) = &table.version {
            let seen = i64::try_from(self.write.seen_version()?).ok()?;
            let bound = self.bind(Value::integer(seen));
            self.with(format!("u.{version} = {bound}"));
        }
        let contacts: Vec<&Contact> = self.write.seen_contacts().collect();
        let seen = |phone: bool| {
            contacts.iter().find(|contact| (contact.channel() == Channel::SMS) == phone).copied()
        };
        let texts = [
            (table.email.as_ref(), &table.email_verified, seen(false), false),
            (table.phone.as_ref(), &table.phone_verified, seen(true), true),
        ];
        for (text, flag, seen, is_phone) in texts {
            let Some(text) = text else { continue };
            let verified = shape.flag("u", flag);
            let condition = match seen {
                // Adding a contact raises the version, and one that cannot be read is none.
                None if table.version.is_some() => continue,
                None => format!("NOT ({verified} AND u.{} IS NOT NULL)", text.column),
                Some(contact) => {
                    let canonical = match is_phone {
                        true => shape.canonical_phone("u", text),
                        false => shape.canonical("u", text),
                    };
                    let is = self.is_contact(&canonical, text, "u", contact);
                    format!("{verified} AND {is}")
                }
            };
            self.with(condition);
        }
        Some(())
    }

    /// That a column holds this contact: in its canonical spelling, or as it was read.
    fn is_contact(
        &mut self,
        canonical: &str,
        text: &Text,
        alias: &str,
        contact: &Contact,
    ) -> String {
        let (is, as_read) = (Value::text(&contact.canonical()), Value::text(contact.as_str()));
        let (is, as_read) = (self.bind(is), self.bind(as_read));
        let exact = self.shape.exact(&format!("{alias}.{}", text.column));
        format!("({canonical} = {is} OR {exact} = {as_read})")
    }

    fn finish(mut self) -> Query {
        let table = &self.shape.table;
        let returned = |column: Option<&crate::Identifier>| match column {
            Some(column) => format!("CAST({column} AS bigint)"),
            None => "CAST(NULL AS bigint)".to_owned(),
        };
        self.builder.sql = format!(
            "UPDATE {} AS u SET {} WHERE {} RETURNING {}, {}",
            self.shape.named(&table.table),
            self.set.join(", "),
            self.conditions.join(" AND "),
            returned(table.version.as_ref()),
            returned(table.epoch.as_ref()),
        );
        self.builder.finish(&[ColumnType::Integer, ColumnType::Integer]).decides()
    }
}

/// The column and the value by which an address becomes a verified one.
fn mark(
    shape: &Shape,
    flag: &Flag,
    builder: &mut Builder,
    at: UtcDateTime,
) -> Option<(String, String)> {
    match &flag.0 {
        Source::Always => None,
        Source::Column { column, holds } => {
            Some((column.to_string(), shape.to_truth(shape.email_verified, *holds).to_owned()))
        }
        Source::Set { column, holds: true } => {
            let bound = builder.bind(seconds(at));
            Some((column.to_string(), shape.to_moment(shape.email_verified, &bound)))
        }
        Source::Set { column, holds: false } => Some((column.to_string(), "NULL".to_owned())),
    }
}

/// Marks an unverified address in a second table; nothing happens if the account has no such address.
fn verify(
    shape: &Shape,
    emails: &EmailTable,
    write: &AccountWrite,
    address: &Contact,
) -> Option<Query> {
    let mut builder = Builder::new(shape.dialect);
    let (column, value) = mark(shape, &emails.verified, &mut builder, write.at())?;
    let which = which(shape, emails, write, address, &mut builder)?;
    builder.sql = format!(
        "UPDATE {} AS e SET {column} = {value} WHERE {which} AND NOT ({})",
        shape.named(&emails.table),
        shape.flag("e", &emails.verified)
    );
    Some(builder.finish(&[]))
}

/// Removes a verified address from a second table.
fn remove(
    shape: &Shape,
    emails: &EmailTable,
    write: &AccountWrite,
    address: &Contact,
) -> Option<Query> {
    let mut builder = Builder::new(shape.dialect);
    let which = which(shape, emails, write, address, &mut builder)?;
    builder.sql = format!(
        "DELETE FROM {} AS e WHERE {which} AND {}",
        shape.named(&emails.table),
        shape.flag("e", &emails.verified)
    );
    Some(builder.finish(&[]))
}

fn which(
    shape: &Shape,
    emails: &EmailTable,
    write: &AccountWrite,
    address: &Contact,
    builder: &mut Builder,
) -> Option<String> {
    let id = builder.bind(shape.id_value(shape.email_account, write.id())?);
    let is_id = shape.is_id(&format!("e.{}", emails.account), shape.email_account, &id);
    let is = builder.bind(Value::text(&address.canonical()));
    let as_read = builder.bind(Value::text(address.as_str()));
    let canonical = shape.canonical("e", &emails.email);
    let exact = shape.exact(&format!("e.{}", emails.email.column));
    Some(format!("{is_id} AND ({canonical} = {is} OR {exact} = {as_read})"))
}

/// Keeps the password that is replaced, in the same transaction.
fn add_past(shape: &Shape, write: &AccountWrite) -> Option<Query> {
    let history = shape.table.history.as_ref()?;
    let before = write.seen_password().filter(|hash| hash.is_usable())?;
    let mut builder = Builder::new(shape.dialect);
    let id = builder.bind(shape.id_value(shape.history_account, write.id())?);
    let password = builder.bind(Value::text(before.expose_secret()));
    let at = builder.bind(seconds(write.at()));
    builder.sql = format!(
        "INSERT INTO {} ({}, {}, {}) VALUES ({}, {password}, {})",
        shape.named(&history.table),
        history.account,
        history.password,
        history.replaced_at,
        shape.to_id(shape.history_account, &id),
        shape.to_moment(shape.replaced_at, &at),
    );
    Some(builder.finish(&[]))
}

fn seconds(at: UtcDateTime) -> Value {
    Value::integer(at.unix_timestamp())
}
