//! Who sits at the desk.

use contract::{Me, Role};
use rusqlite::{OptionalExtension, params};

use super::{UserDb, UserError};
use crate::asking::{Mode, Session};

impl UserDb {
    /// Returns the desk that the session names.
    pub(super) fn seated(&self) -> Result<Option<i64>, UserError> {
        let desk = self
            .file
            .query_row("SELECT desk FROM session WHERE one = 1", [], |row| {
                row.get(0)
            });
        Ok(desk.optional()?)
    }

    /// Reads the session.
    pub(crate) fn session(&self) -> Result<Option<Session>, UserError> {
        let row = self.file.query_row(
            r"SELECT session.server, session.mode, session.workspace_name, session.member_name, session.role,
                     desk.workspace, desk.member
              FROM session JOIN desk ON desk.id = session.desk
              WHERE session.one = 1",
            [],
            |row| {
                Ok([
                    row.get::<_, String>(0)?,
                    row.get(1)?,
                    row.get(2)?,
                    row.get(3)?,
                    row.get(4)?,
                    row.get(5)?,
                    row.get(6)?,
                ])
            },
        );
        row.optional()?
            .map(|fields| read(fields).ok_or(UserError::Unreadable("session")))
            .transpose()
    }

    /// Keeps the session and reads the file as this member's from now on.
    pub(crate) fn sit_down(&mut self, session: &Session, now: i64) -> Result<(), UserError> {
        let me = &session.me;
        let (workspace, member) = (me.workspace_id.to_string(), me.member_id.to_string());
        let step = self.file.transaction()?;
        step.execute(
            "INSERT INTO desk (workspace, member, seated_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            params![workspace, member, now],
        )?;
        let desk: i64 = step.query_row(
            "SELECT id FROM desk WHERE workspace = ?1 AND member = ?2",
            params![workspace, member],
            |row| row.get(0),
        )?;
        step.execute(
            r"INSERT OR REPLACE INTO session (one, desk, server, mode, workspace_name, member_name, role)
              VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                desk,
                session.server.as_str(),
                mode_name(session.mode),
                me.workspace_name,
                me.member_name,
                me.role.as_str()
            ],
        )?;
        step.commit()?;
        self.desk = Some(desk);
        Ok(())
    }

    /// Returns when the member first sat down here, in Unix milliseconds.
    pub(crate) fn seated_at(&self) -> Result<i64, UserError> {
        let at = self.file.query_row(
            "SELECT seated_at FROM desk WHERE id = ?1",
            params![self.desk()?],
            |row| row.get(0),
        )?;
        Ok(at)
    }

    /// Forgets the session; what the member wrote stays for the next time.
    pub(crate) fn stand_up(&mut self) -> Result<(), UserError> {
        self.file.execute("DELETE FROM session", [])?;
        self.desk = None;
        Ok(())
    }
}

fn read(fields: [String; 7]) -> Option<Session> {
    let [
        server,
        mode,
        workspace_name,
        member_name,
        role,
        workspace,
        member,
    ] = fields;
    Some(Session {
        server: server.parse().ok()?,
        mode: [Mode::Team, Mode::Here, Mode::Sample]
            .into_iter()
            .find(|known| mode_name(*known) == mode)?,
        me: Me {
            workspace_id: workspace.parse().ok()?,
            workspace_name,
            member_id: member.parse().ok()?,
            member_name,
            role: [Role::Agent, Role::Lead, Role::Admin]
                .into_iter()
                .find(|known| known.as_str() == role)?,
        },
    })
}

const fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Team => "team",
        Mode::Here => "here",
        Mode::Sample => "sample",
    }
}
