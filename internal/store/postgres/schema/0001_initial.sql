-- +goose Up

-- One row of a bucket is what its commits take turns on. It is updated by every
-- commit, so it leaves room on its page for versions of itself.
create table bucket (
    bucket  smallint primary key,
    commits bigint not null default 0,
    -- Raised by whoever lost the answer to a commit, so that a commit that is
    -- still on its way fails.
    fence   bigint not null default 1,
    -- What was decided on the reports of the last commit, and the events that held
    -- their idempotency keys.
    outcome smallint[],
    taken   uuid[]
) with (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

insert into bucket (bucket) select generate_series(0, 255);

create table scope (
    bucket  smallint,
    scope   uuid,
    version bigint not null,
    primary key (bucket, scope)
);

create table doc (
    bucket   smallint,
    scope    uuid,
    kind     bytea,
    key      bytea,
    revision bigint not null,
    value    bytea not null,
    primary key (bucket, scope, kind, key)
);

create table event (
    bucket smallint,
    site   uuid,
    id     uuid,
    app    uuid not null,
    trigger_key bytea not null,
    entity uuid not null,
    made   uuid[] not null,
    body   bytea not null,
    primary key (bucket, site, id)
);

create index event_entity on event (bucket, site, entity, id)
    where entity <> '00000000-0000-0000-0000-000000000000';

-- What changes stands in front; the body is the whole record as of the last save.
-- A cancel only adds its own few bytes, and a reader puts the two together.
create table activation (
    bucket     smallint not null,
    site       uuid not null,
    id         uuid not null,
    version    bigint not null,
    due        bigint,
    ended_at   bigint not null,
    status     smallint not null,
    in_flight  smallint not null,
    final      boolean not null,
    app        uuid not null,
    automation uuid not null,
    event      uuid not null,
    entity     uuid not null,
    trigger_key bytea not null,
    cancel     bytea,
    body       bytea not null
) with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.2);

create index activation_due on activation (bucket, due, id) include (site) where due is not null;
create index activation_entity on activation (bucket, site, final, entity, id);
create index activation_automation on activation (bucket, site, automation, final, id);
-- The youngest index wins where several cost the same, as they do on an empty table.
alter table activation add primary key (bucket, site, id);

create table idempotency (
    bucket smallint,
    site   uuid,
    hash   uuid,
    event  uuid not null,
    until  bigint not null,
    primary key (bucket, site, hash)
) with (autovacuum_vacuum_scale_factor = 0.05);

create index idempotency_until on idempotency (bucket, until);

create table entry (
    bucket smallint,
    site   uuid,
    stream bytea,
    id     uuid,
    value  bytea not null,
    primary key (bucket, site, stream, id)
);

-- What all sites share. These are small and rarely written: on a sharded database
-- each shard has a copy.
create table global_scope (
    one     boolean primary key default true check (one),
    version bigint not null
);

insert into global_scope (version) values (0);

create table global_doc (
    kind     bytea,
    key      bytea,
    revision bigint not null,
    value    bytea not null,
    primary key (kind, key)
);

create table node (
    id      text primary key,
    name    text not null,
    version text not null,
    began   timestamptz not null,
    seen    timestamptz not null,
    leaving boolean not null
) with (fillfactor = 50);
