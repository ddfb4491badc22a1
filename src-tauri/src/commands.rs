//! The commands the page may call: each takes its arguments apart and hands them on.
//!
//! The list at the top is the only one in code; the capability grants the same names, and a test holds them together.

mod acting;
mod conversations;
mod doors;
mod lists;
mod outside;
mod people;
mod sequences;
mod sources;
mod team;
mod templates;

use tauri::{Wry, ipc::Invoke};

use crate::failure::Failure;

/// What a command answers.
type Answer<T> = Result<T, Failure>;

macro_rules! commands {
    ($($module:ident: $($name:ident),+;)+) => {
        /// Returns what answers the page's calls.
        pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$($($module::$name),+),+]
        }

        #[cfg(test)]
        const NAMES: &[&str] = &[$($(stringify!($name)),+),+];
    };
}

commands! {
    doors: boot, painted, join_team, start_here, start_sample, sign_out, settings_put;
    lists: list_page, rows, counters, filter_values, freshness, desk, search, badge;
    conversations: conversation, timeline, reveal, templates, fill, sale_values, save_draft,
        mark_read;
    acting: act, undo, undo_many, bulk_preview, bulk, outbox, outbox_retry, outbox_discard;
    team: members, views, view_save, view_remove, present, presence, provenance, raw_event;
    templates: template_list, template_check, template_save, template_remove, template_versions, template_export,
        template_import;
    sequences: sequences, sequence_check, sequences_save, step_take;
    outside: hand_over, copy, copy_text, open_link;
    sources: source_platforms, source_list, source_health, source_add, source_change, source_remove, source_rotate,
        source_retire, source_register, source_test, source_sync, source_jobs, source_job_cancel, source_deliveries,
        source_delivery, source_reprocess, source_reprocess_all, source_preview, customer_erase,
        customer_export, source_erase_customers;
    people: people_list, people_invite, people_open_invites, people_take_invite_back, people_set_role,
        people_let_back_in, people_remove, people_devices, people_end_session;
}

#[cfg(test)]
mod tests {
    use super::NAMES;

    #[test]
    fn the_capability_grants_exactly_the_commands_there_are() {
        let capability: serde_json::Value =
            serde_json::from_str(include_str!("../capabilities/main.json")).expect("it is JSON");
        let permissions = capability["permissions"].as_array().expect("a list");
        let granted: Vec<String> = permissions
            .iter()
            .filter_map(|permission| permission.as_str()?.strip_prefix("allow-"))
            .map(|name| name.replace('-', "_"))
            .collect();
        assert_eq!(granted, NAMES);
    }
}
