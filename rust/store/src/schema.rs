//! The schema and the way from an older one to today's.

use rusqlite::{Connection, TransactionBehavior};

use crate::error::Outcome;

/// SQLite's `application_id` of a Segue database: "Segu" in ASCII.
pub const APPLICATION_ID: i32 = 0x5365_6775;

/// Migration `n` (counted from 1) leads from schema `n - 1` to schema `n`.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("schema_1.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
    include_str!("schema_5.sql"),
];

/// The newest schema this build knows.
pub const SCHEMA_VERSION: u32 = MIGRATIONS.len() as u32;

/// What a database says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) application_id: i32,
    pub(crate) version: u32,
    pub(crate) tables: i64,
}

impl Header {
    pub(crate) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        connection.query_row(
            "SELECT (SELECT application_id FROM pragma_application_id), \
                    (SELECT user_version FROM pragma_user_version), \
                    (SELECT count(*) FROM sqlite_schema)",
            [],
            |row| {
                // SQLite keeps a signed number; a negative one is no version of ours and counts as "newer".
                let version: i32 = row.get(1)?;
                Ok(Self {
                    application_id: row.get(0)?,
                    version: u32::try_from(version).unwrap_or(u32::MAX),
                    tables: row.get(2)?,
                })
            },
        )
    }

    /// Nothing in it yet: a file of zero length, or one whose maker was killed before the first migration.
    pub(crate) fn is_blank(self) -> bool {
        self.tables == 0 && self.version == 0
    }

    pub(crate) fn is_ours(self) -> bool {
        self.application_id == APPLICATION_ID || self.is_blank()
    }
}

/// Brings a database to the newest schema, one transaction per migration, and gives the version it had.
pub(crate) fn migrate(connection: &mut Connection, migrations: &[&str]) -> Outcome<u32> {
    let before = Header::read(connection)?.version;
    // Asked before taking the lock: beside another program's writer an up-to-date database opens at once.
    while (Header::read(connection)?.version as usize) < migrations.len() {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Asked again under it: another program may have migrated meanwhile.
        let version = Header::read(&transaction)?.version;
        let Some(migration) = migrations.get(version as usize) else {
            break;
        };
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", version + 1)?;
        transaction.commit()?;
    }
    Ok(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_migration_runs_once_and_in_order() {
        let mut connection = Connection::open_in_memory().unwrap();
        let first: &[&str] = &["CREATE TABLE a (x INTEGER)"];
        let all: &[&str] =
            &["CREATE TABLE a (x INTEGER)", "ALTER TABLE a ADD COLUMN y INTEGER; INSERT INTO a VALUES (1, 2)"];
        assert_eq!(migrate(&mut connection, first).unwrap(), 0);
        assert_eq!(migrate(&mut connection, all).unwrap(), 1);
        assert_eq!(migrate(&mut connection, all).unwrap(), 2);
        let sum: i64 = connection.query_row("SELECT sum(x + y) FROM a", [], |row| row.get(0)).unwrap();
        assert_eq!(sum, 3);
        assert_eq!(
            Header::read(&connection).unwrap(),
            Header { application_id: APPLICATION_ID, version: 2, tables: 1 }
        );
    }

    #[test]
    fn a_failing_migration_leaves_the_version_before_it() {
        let mut connection = Connection::open_in_memory().unwrap();
        let broken: &[&str] = &["CREATE TABLE a (x INTEGER)", "CREATE TABLE b (x INTEGER); no such statement"];
        assert!(migrate(&mut connection, broken).is_err());
        assert_eq!(
            Header::read(&connection).unwrap(),
            Header { application_id: APPLICATION_ID, version: 1, tables: 1 }
        );
    }
}
