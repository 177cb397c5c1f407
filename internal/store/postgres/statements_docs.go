package postgres

// Documents of a site. Those of scope zero, below, are shared by all and have no
// bucket.
const (
	sqlVersion   = `select version from scope where bucket = $1 and scope = $2`
	sqlRevisions = `
select p.n, d.revision
from unnest($3::bytea[], $4::bytea[]) with ordinality as p (kind, key, n)
cross join lateral (
    select d.revision from doc d where d.bucket = $1 and d.scope = $2 and d.kind = p.kind and d.key = p.key limit 1) d`
	sqlPutDocs = `
insert into doc (bucket, scope, kind, key, revision, value)
select b.bucket, $2, p.kind, p.key, p.revision, p.value
from bucket b, unnest($3::bytea[], $4::bytea[], $5::bigint[], $6::bytea[]) as p (kind, key, revision, value)
where b.bucket = $1
on conflict (bucket, scope, kind, key) do update set revision = excluded.revision, value = excluded.value`
	sqlDropDocs = `
delete from doc d
using (
    select $2::uuid as scope, p.kind, p.key from unnest($3::bytea[], $4::bytea[]) with ordinality as p (kind, key, n)
    where p.n between 1 and 1000000 offset 0) p
where d.bucket = $1 and d.scope = p.scope and d.kind = p.kind and d.key = p.key`
	sqlRaise = `
insert into scope (bucket, scope, version) values ($1, $2, $3)
on conflict (bucket, scope) do update set version = excluded.version`

	sqlDoc  = `select revision, value from doc where bucket = $1 and scope = $2 and kind = $3 and key = $4`
	sqlDocs = `
select v.version, d.key, d.revision, d.value
from (select coalesce((select version from scope where bucket = $1 and scope = $2), 0) as version) v
left join lateral (
    select d.key, d.revision, d.value from doc d
    where d.bucket = $1 and d.scope = $2 and d.kind = $3 and d.key > $4
    order by d.key limit $5) d on true
order by d.key`
)

const (
	sqlGlobalLock      = `select version from global_scope where one for update`
	sqlGlobalVersion   = `select version from global_scope where one`
	sqlGlobalRevisions = `
select p.n, d.revision
from unnest($1::bytea[], $2::bytea[]) with ordinality as p (kind, key, n)
cross join lateral (select d.revision from global_doc d where d.kind = p.kind and d.key = p.key limit 1) d`
	sqlGlobalPutDocs = `
insert into global_doc (kind, key, revision, value)
select p.kind, p.key, p.revision, p.value
from unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::bytea[]) as p (kind, key, revision, value)
on conflict (kind, key) do update set revision = excluded.revision, value = excluded.value`
	sqlGlobalDropDocs = `
delete from global_doc d using unnest($1::bytea[], $2::bytea[]) as p (kind, key)
where d.kind = p.kind and d.key = p.key`
	sqlGlobalRaise = `update global_scope set version = $1 where one`
	sqlGlobalDoc   = `select revision, value from global_doc where kind = $1 and key = $2`
	sqlGlobalDocs  = `
select v.version, d.key, d.revision, d.value
from global_scope v
left join lateral (
    select d.key, d.revision, d.value from global_doc d where d.kind = $1 and d.key > $2
    order by d.key limit $3) d on true
order by d.key`
)
