//! What every store promises, as tests that know only [`Store`]; each engine runs them all.

pub(crate) mod access;
pub(crate) mod checkouts;
pub(crate) mod commands;
pub(crate) mod deliveries;
pub(crate) mod feed;
pub(crate) mod handling;
pub(crate) mod jobs;
pub(crate) mod merges;
pub(crate) mod persons;
pub(crate) mod script;
pub(crate) mod sharing;
pub(crate) mod subjects;
pub(crate) mod trust;
pub(crate) mod upkeep;
mod world;

pub(crate) use script::Stage;
pub(crate) use world::StagedWorld;

/// Runs every case on one engine.
macro_rules! store_conformance {
    ($stage:ty; $($module:ident: $($case:ident),+;)+) => {$($(
        #[tokio::test]
        async fn $case() {
            let stage = <$stage as $crate::store::conformance::Stage>::set().await;
            $crate::store::conformance::$module::$case(&stage).await;
        }
    )+)+};
    ($stage:ty) => {
        $crate::store::conformance::store_conformance! { $stage;
            deliveries: a_delivery_is_kept_whole, what_is_set_aside_is_kept_and_listed,
                equal_deliveries_make_one_entry, equal_events_make_one_entry,
                a_partly_new_delivery_adds_what_is_new, keys_are_scoped_to_the_integration,
                a_nonce_is_burnt_once_per_platform, a_nonce_is_burnt_only_with_its_delivery,
                a_rejected_delivery_may_come_again, a_delivery_can_be_read_anew, lists_page_without_gaps_or_twins,
                other_workspaces_see_nothing, an_unknown_integration_is_not_found;
            feed: any_paging_gives_the_whole_log, pages_keep_their_bounds,
                positions_outside_the_log_are_refused, heads_and_chains_agree,
                subscribers_are_woken, a_follower_reads_what_the_file_holds,
                a_new_epoch_replaces_the_old, what_is_answered_survives_a_kill,
                concurrent_deliveries_are_numbered_without_gaps;
            jobs: fifty_notices_are_one_fetch, a_fetch_knows_what_was_told_and_shown, a_notice_during_a_fetch_makes_another,
                what_is_fetched_is_told_once, what_is_set_aside_leaves_one_row,
                a_listing_goes_on_where_it_stopped, an_ended_job_takes_nothing,
                a_setback_waits_or_ends, fetches_come_first, jobs_belong_to_their_workspace,
                reconciliations_note_how_far_they_came, tokens_are_kept_sealed,
                a_notice_read_anew_is_fetched, old_jobs_go,
                what_is_held_waits_for_the_platforms_word, what_the_platform_denies_is_dropped,
                what_is_held_is_told_when_nobody_can_say, what_waits_for_an_ended_fetch_is_set_aside,
                nothing_is_held_of_an_erased_persons_order;
            checkouts: a_checkout_left_is_abandoned_once, what_follows_ends_the_wait,
                an_order_that_came_first_leaves_nothing_to_abandon, a_checkout_taken_up_again_waits_again,
                the_newest_news_of_a_checkout_counts;
            commands: one_of_many_wins_a_claim, a_batch_is_done_in_its_order, a_repeat_is_answered_as_the_first_was,
                an_id_is_not_used_twice, claims_can_be_given_back_by_their_owner_only,
                notes_and_messages_are_told, what_is_not_acceptable_is_refused,
                a_merged_conversation_leads_on;
            handling: agents_give_away_what_is_theirs_and_leads_everything, what_was_given_away_can_be_taken_back, only_members_of_the_team_are_meant,
                what_is_done_is_told_as_it_was_asked, what_cannot_be_done_with_a_conversation_is_refused,
                each_act_can_be_taken_back;
            sharing: a_template_is_changed_on_top_of_its_version, a_templates_versions_stay, views_are_the_teams,
                sequences_are_changed_on_top_of_their_version, a_step_is_done_once,
                an_order_knows_who_told_of_it, the_newest_of_many_are_listed;
            trust: a_session_in_use_goes_on_and_a_resting_one_ends, a_removed_member_is_out,
                a_password_ends_other_sessions, a_login_is_one_members, what_is_refused_is_not_recorded,
                deeds_are_recorded_once, counts_move_with_what_is_read_anew, a_deleted_integration_frees_its_slug;
            access: devices_are_listed_and_ended_in_somebodys_name, a_member_is_let_back_in_once,
                who_reads_a_payload_is_recorded, a_role_counts_at_once, open_invites_are_listed_and_taken_back;
            upkeep: a_webhooks_registration_is_remembered, a_store_tells_how_it_is,
                sources_are_told_as_the_team_knows_them,
                what_one_process_did_holds_at_the_other;
            merges: a_merge_by_a_person_is_undone, what_was_told_goes_back_as_it_came,
                a_suggestion_is_made_once, those_kept_apart_stay_apart, shared_contact_data_swallows_nobody,
                an_order_joins_the_cart_it_grew_from, claims_come_with_a_merge_and_go_with_its_undoing,
                what_people_cannot_say_is_refused;
            subjects: what_is_erased_is_told_nowhere, deliveries_of_the_erased_keep_their_row,
                an_erased_order_does_not_come_back, who_is_merged_is_erased_together,
                a_shared_address_erases_all_that_name_it, a_platform_erases_what_it_alone_brought,
                a_customer_is_found_by_orders_and_by_number, a_customer_with_many_orders_goes_whole,
                a_source_is_erased_once_it_is_asked_for,
                what_is_held_is_given_out_and_recorded;
            persons: people_join_once_by_invite, sessions_end, workspaces_are_found_again,
                integrations_are_changed_by_slug, secrets_are_not_shown,
                conversations_follow_the_person, an_anonymous_order_finds_its_person;
        }
    };
}
pub(crate) use store_conformance;

/// Whoever adds to the promise adds a case to it.
#[test]
fn every_method_of_the_store_has_a_case() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let read = |path: std::path::PathBuf| std::fs::read_to_string(path).unwrap();
    let cases: String = ["store/conformance", "store/conformance/jobs"]
        .iter()
        .flat_map(|part| std::fs::read_dir(folder.join(part)).unwrap())
        .map(|file| file.unwrap().path())
        .filter(|path| path.is_file())
        .map(read)
        .collect();
    let mut methods = Vec::new();
    for file in [
        "store",
        "store/jobs",
        "store/sharing",
        "store/subjects",
        "store/trust",
    ] {
        let source = read(folder.join(file).with_extension("rs"));
        let (_, promise) = source.split_once("\npub trait ").unwrap();
        let (promise, _) = promise.split_once("\n}\n").unwrap();
        let named = promise
            .split("    fn ")
            .chain(promise.split(" async fn "))
            .skip(1);
        methods.extend(named.filter_map(|rest| {
            let name: String = rest
                .chars()
                .take_while(|one| one.is_alphanumeric() || *one == '_')
                .collect();
            rest.get(name.len()..)?.starts_with('(').then_some(name)
        }));
    }
    methods.sort();
    methods.dedup();
    assert!(methods.len() > 60, "{methods:?}");
    methods.retain(|name| !cases.contains(&format!(".{name}(")));
    assert!(methods.is_empty(), "no case asks for {methods:?}");
}
