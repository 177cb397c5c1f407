-- +goose Up

-- What tells the machine of a node from others; '' where that is not known.
alter table node
    add column machine text not null default '';
