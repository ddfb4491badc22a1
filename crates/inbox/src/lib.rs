//! The desktop's core: follows the feed into a local cache, answers the page's questions from it, and keeps what agents do
//! until the service has it. It does not know Tauri, and the page does not know it.

pub mod view;
