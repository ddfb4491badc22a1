//! The desktop's core: feed client, cache, queries, outbox, notices.
