//! The facade: what it answers over every server that is modelled, what becomes of failures, and its laws.
//!
//! A harness of its own, because every answer of every test is given to the validator, once all tests are done.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, clippy::print_stderr)]

#[path = "facade/archive.rs"]
mod archive;
#[path = "facade/asking.rs"]
mod asking;
#[path = "facade/budget.rs"]
mod budget;
#[path = "facade/contradictions.rs"]
mod contradictions;
#[path = "facade/conversation.rs"]
mod conversation;
#[path = "facade/costs.rs"]
mod costs;
#[path = "facade/failures.rs"]
mod failures;
#[path = "facade/hostile.rs"]
mod hostile;
#[path = "facade/http.rs"]
mod http;
#[path = "facade/ids.rs"]
mod ids;
#[path = "facade/issuers.rs"]
mod issuers;
#[path = "facade/laws.rs"]
mod laws;
#[path = "facade/links.rs"]
mod links;
#[path = "facade/paging.rs"]
mod paging;
#[path = "facade/parameters.rs"]
mod parameters;
#[path = "facade/parts.rs"]
mod parts;
#[path = "facade/results.rs"]
mod results;
#[path = "facade/retrieve.rs"]
mod retrieve;
#[path = "facade/seed.rs"]
mod seed;
#[path = "facade/valid.rs"]
mod valid;
#[path = "facade/whose.rs"]
mod whose;

mod support;

use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;

/// Trials out of functions, named as they are.
macro_rules! trials {
    ($($module:ident: $($name:ident)+;)+) => {
        vec![$($(Trial::test(concat!(stringify!($module), "::", stringify!($name)), || { $module::$name(); Ok(()) })),+),+]
    };
}

fn main() -> ExitCode {
    let mut trials = trials! {
        parts: what_instances_alone_say chosen_elements_are_those_of_the_whole counts_that_are_chosen parts_say_what_the_whole_says parts_are_not_counted nobody_knows_how_many regions_of_instances_beside_a_name regions_of_series_that_instances_contradict;
        contradictions: an_order_stays_one what_cannot_be_had includes_of_what_is_not_written what_is_cut_among_a_thousand_losses parts_of_answers references_that_lead_out a_list_of_studies_that_is_cut which_list_is_cut elements_and_types_as_they_are_asked_for what_selects_is_a_part a_page_that_comes_again long_lists_end_a_page targets_with_a_fragment content_without_its_name pages_of_an_archive_without_order days_on_the_archives_clock;
        whose: one_of_two_patients_that_is_another_by_what_it_holds more_rows_of_the_study_than_are_given one_of_two_patients parts_without_their_patient another_patient_in_the_next_answer another_patient_in_the_answer_before two_patients_are_told_whatever_is_asked another_patient_than_what_selects two_patients_without_a_number;
        ids: an_id_that_is_not_to_be one_of_two_patients_by_id one_of_two_patients_by_id_whoever_issued_it one_of_two_patients_whom_series_tell;
        issuers: another_issuer_in_the_next_answer an_issuer_that_could_not_be_read one_of_two_patients_whose_issuer_could_not_be_read an_issuer_that_is_told issuers_of_other_numbers a_study_id_of_another_system numbers_of_no_issuer types_of_numbers;
        conversation: owned_and_send the_lowest_position_decides references_that_are_not_found_out each_study_once what_was_not_asked_for;
        failures: as_they_are_given later nonsense misfits_in_the_middle two_patients pages_for_ever limits requests_that_are_refused costly;
        hostile: one_number_two_people series_of_two_issuers rows_of_another_study whose_study_it_is pages_within_bounds links_keep_the_format rows_of_no_study lists_that_are_short a_lost_warning our_own_endpoint excess;
        http: releases formats weights handling forms methods metadata endpoints_of_the_configuration addresses;
        laws: arrival_blind_law ends_law any_events_end mutants_are_caught;
        paging: counts tampered_cursors sorted pages_with_a_base links_lead_on pages_within_the_limit pages_of_listed_studies;
        results: elements summaries includes whose_issuer_is_hidden totals losses_are_told read_lists_everything;
        asking: what_the_archive_refuses a_study_of_refused_series a_subject_that_the_configuration_says;
        retrieve: endpoints_lead_to_the_study;
        budget: a_match_is_shown_before_others_are_looked_at who_is_dear_to_show_may_be_cheap_to_decide who_is_dear_is_decided_first those_that_do_not_match_take_few_rounds more_pages_than_were_thought pages_of_which_nobody_knows the_first_goes_before_long_lists_behind_it the_first_is_tried_whatever_it_counts;
        costs: what_must_be_known_whole_is_tried a_guess_refuses_nothing each_step_asks_for_more series_are_a_step_where_the_row_tells_no_modality an_issuer_that_nobody_tells_is_no_matter_of_what_else_excludes what_does_not_match_is_not_fetched_whole lists_leave_requests_for_what_they_select lists_select_where_others_select_too_much steps_go_before_all_at_once who_is_named_beside_a_list_of_series lists_of_which_little_is_there pages_of_one_row listings_that_are_a_row_longer_than_a_page links_that_are_too_long;
        links: pages_go_on_in_what_selected_them pages_go_on_where_nothing_below_studies_can_be_asked_for a_link_of_another_plan_is_refused identifiers_come_in_any_order a_link_that_is_taken_strictly many_identifiers_of_a_patient what_is_excluded_has_what_selected_it one_page_in_order;
        seed: both_calls;
    };
    trials.extend(parameters::trials());
    trials.extend(paging::trials());
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    let valid = valid::every_answer();
    if conclusion.has_failed() || !valid { ExitCode::from(101) } else { ExitCode::SUCCESS }
}
