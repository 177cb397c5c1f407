-- +goose Up

-- What was changed and canceled on all sites of a bucket, by time.
create index entry_trail on entry (bucket, stream, id);
