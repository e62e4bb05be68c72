//! The list of everything that is exported, from which the C# side is written.

use interoptopus::inventory::RustInventory;
use interoptopus::{builtins_wire, function, guard};

use crate::exports::*;

/// Every export, with the types it needs. The C# side refuses to work with a library whose list differs from its own.
#[must_use]
pub fn inventory() -> RustInventory {
    RustInventory::new()
        .register(function!(segue_version))
        .register(function!(segue_check_guard))
        .register(function!(segue_last_error))
        .register(function!(segue_open))
        .register(function!(segue_close))
        .register(function!(segue_free))
        .register(function!(segue_begin_sync))
        .register(function!(segue_sync))
        .register(function!(segue_finish_sync))
        .register(function!(segue_scan_folders))
        .register(function!(segue_analyse))
        .register(function!(segue_set_paused))
        .register(function!(segue_retry_failed))
        .register(function!(segue_track))
        .register(function!(segue_similar))
        .register(function!(segue_mix))
        .register(function!(segue_understood))
        .register(function!(segue_make_playlists))
        .register(function!(segue_cluster))
        .register(function!(segue_elbow))
        .register(function!(segue_data_quality))
        .register(function!(segue_kept_playlists))
        .register(function!(segue_edit_playlist))
        .register(function!(segue_preview))
        .register(function!(segue_keep_definition))
        .register(function!(segue_forget_definition))
        .register(function!(segue_reports))
        .register(function!(segue_import))
        .register(function!(segue_export))
        .register(function!(segue_cover))
        .register(function!(segue_artists))
        .register(function!(segue_set_key))
        .register(function!(segue_has_key))
        .register(function!(segue_statistics))
        .register(function!(segue_failures))
        .register(builtins_wire!())
        .register(guard!(inventory))
        .validate()
}
