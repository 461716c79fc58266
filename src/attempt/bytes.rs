use alloc::vec::Vec;

use super::AttemptId;
use super::row::{AttemptRow, Contents, Ground, Lease, Progress};
use crate::account::{AccountId, Channel};
use crate::bytes::{Reader, put_short_text};
use crate::key::KeyId;
use crate::scope::ScopeTag;

const VERSION: u8 = 1;

/// The fields that never change, in the order of the format.
pub(super) fn fixed(row: &AttemptRow) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(AttemptRow::MAX_BYTES);
    bytes.push(VERSION);
    bytes.extend_from_slice(row.id.as_bytes());
    bytes.extend_from_slice(&row.key_id.number().to_be_bytes());
    bytes.extend_from_slice(row.scope.as_bytes());
    bytes.push(match row.ground {
        Ground::Reset => 1,
        Ground::FirstPassword => 2,
        Ground::Operator => 3,
        Ground::Change => 4,
    });
    put_short_text(&mut bytes, row.channel.as_ref().map_or("", Channel::name));
    put_short_text(&mut bytes, row.account.as_str());
    bytes.extend_from_slice(&row.contact);
    bytes.extend_from_slice(&row.stamp);
    bytes.extend_from_slice(&row.created_at.to_be_bytes());
    bytes
}

/// All fields but the seal.
pub(super) fn write(row: &AttemptRow) -> Vec<u8> {
    let mut bytes = fixed(row);
    bytes.push(row.contents.number());
    for second in [row.link_expires_at, row.code_expires_at, row.keep_until] {
        bytes.extend_from_slice(&second.to_be_bytes());
    }
    for number in [row.epoch, row.last_good_epoch, row.sends] {
        bytes.extend_from_slice(&number.to_be_bytes());
    }
    bytes.extend_from_slice(&row.sent_at.to_be_bytes());
    match row.progress {
        Progress::Live => bytes.push(1),
        Progress::Running(lease) => {
            bytes.push(2);
            bytes.extend_from_slice(&lease.until.to_be_bytes());
            bytes.extend_from_slice(&lease.hash_seen);
            bytes.extend_from_slice(&lease.hash_to_come);
        }
        Progress::Settled => bytes.push(3),
        Progress::Ended => bytes.push(4),
    }
    bytes
}

/// `None` unless the bytes are exactly one row, seal included.
pub(super) fn read(bytes: &[u8]) -> Option<AttemptRow> {
    let mut reader = Reader::new(bytes);
    if reader.byte()? != VERSION {
        return None;
    }
    let id = AttemptId::from_bytes(reader.array()?);
    let key_id = KeyId::new(reader.short()?);
    let scope = ScopeTag::from_bytes(reader.array()?);
    let ground = match reader.byte()? {
        1 => Ground::Reset,
        2 => Ground::FirstPassword,
        3 => Ground::Operator,
        4 => Ground::Change,
        _ => return None,
    };
    let channel = match reader.short_text()? {
        "" => None,
        name => Some(Channel::new(name).ok()?),
    };
    let account = AccountId::new(reader.short_text()?).ok()?;
    let (contact, stamp, created_at) = (reader.array()?, reader.array()?, reader.second()?);
    let contents = match reader.byte()? {
        0 => Contents::Nothing,
        1 => Contents::Link,
        2 => Contents::Code,
        3 => Contents::LinkAndCode,
        _ => return None,
    };
    let (link_expires_at, code_expires_at) = (reader.second()?, reader.second()?);
    let keep_until = reader.second()?;
    let (epoch, last_good_epoch, sends) = (reader.word()?, reader.word()?, reader.word()?);
    let sent_at = reader.second()?;
    let progress = match reader.byte()? {
        1 => Progress::Live,
        2 => Progress::Running(Lease {
            until: reader.second()?,
            hash_seen: reader.array()?,
            hash_to_come: reader.array()?,
        }),
        3 => Progress::Settled,
        4 => Progress::Ended,
        _ => return None,
    };
    let seal = reader.array()?;
    reader.end()?;
    Some(AttemptRow {
        id,
        key_id,
        scope,
        ground,
        contents,
        channel,
        account,
        contact,
        stamp,
        created_at,
        link_expires_at,
        code_expires_at,
        keep_until,
        epoch,
        last_good_epoch,
        sends,
        sent_at,
        progress,
        seal,
    })
}
