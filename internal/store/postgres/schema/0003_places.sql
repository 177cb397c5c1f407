-- +goose Up

-- A place that an activation took under a limit.
create table place (
    bucket     smallint,
    site       uuid,
    automation uuid,
    counter    uuid,
    at         bigint,
    activation uuid,
    until      bigint not null, -- 0 for ever
    primary key (bucket, site, automation, counter, at, activation)
) with (autovacuum_vacuum_scale_factor = 0.05);

-- What an activation gives back. The youngest index wins where several cost the
-- same, as they do on an empty table.
create index place_of on place (bucket, site, activation);

-- Which claims of the statement before passed.
alter table bucket add column passed boolean[];
