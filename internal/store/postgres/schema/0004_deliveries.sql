-- +goose Up

-- What apps are told of: written with the change, sent until it was taken.
create table delivery (
    bucket   smallint not null,
    site     uuid not null,
    id       uuid not null,
    app      uuid not null,
    entity   uuid not null,
    sequence bigint not null,
    version  bigint not null,
    due      bigint,
    status   smallint not null,
    body     bytea not null
) with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.2);

create index delivery_due on delivery (bucket, app, due, id) include (site, entity) where due is not null;
create index delivery_open on delivery (bucket, site, app, entity, sequence) where status = 1;
alter table delivery add primary key (bucket, site, id);
