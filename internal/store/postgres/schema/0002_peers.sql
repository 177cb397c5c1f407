-- +goose Up

-- Where the other nodes reach a node to hand it what is of its buckets, and the
-- SHA-256 of the certificate that it shows there. A node without has ''.
alter table node
    add column address text not null default '',
    add column key bytea not null default '';
