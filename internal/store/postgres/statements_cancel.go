package postgres

// A cancel is four statements at most: find says how much there is, before says
// what the same cancel called off when it was sent before, and off calls off. Each
// comes in four forms, by what the selector names. All take the same arrays.
const (
	cancels = `
unnest($2::uuid[], $3::uuid[], $4::bytea[], $5::uuid[], $6::uuid[], $7::uuid[], $8::bigint[], $9::bytea[],
    $10::bigint[], $11::bigint[], $12::bigint[], $13::boolean[])
    with ordinality as c (site, app, trigger_key, entity, automation, id, now, cancel,
        most, site_version, global_version, again, n)`

	fresh = `
(c.site_version = 0 or c.site_version = coalesce((
    select s.version from scope s where s.bucket = $1 and s.scope = c.site), 0))
and (c.global_version = 0 or c.global_version = (select g.version from global_scope g where g.one))`

	// What a selector names: what is live, and what is over. Each but byID is a
	// range of an index.
	byID = `p.bucket = $1 and p.site = c.site and p.id = c.id`

	inEntity = ` and p.app = c.app and p.trigger_key = c.trigger_key
        order by p.final, p.entity, p.id`
	liveEntity = `p.bucket = $1 and p.site = c.site
            and (p.final, p.entity, p.id) >= (false, c.entity, '` + lowest + `')
            and (p.final, p.entity, p.id) <= (false, c.entity, '` + highest + `')`
	overEntity = `p.bucket = $1 and p.site = c.site
            and (p.final, p.entity, p.id) >= (true, c.entity, '` + lowest + `')
            and (p.final, p.entity, p.id) <= (true, c.entity, '` + highest + `')`
	liveAutomation = `p.bucket = $1 and p.site = c.site
            and (p.automation, p.final, p.id) >= (c.automation, false, '` + lowest + `')
            and (p.automation, p.final, p.id) <= (c.automation, false, '` + highest + `')
        order by p.automation, p.final, p.id`
	liveApp = `p.bucket = $1 and p.site = c.site
            and (p.final, p.entity, p.id) <= (false, '` + highest + `', '` + highest + `') and p.app = c.app
        order by p.final, p.entity, p.id`

	lowest  = `00000000-0000-0000-0000-000000000000`
	highest = `ffffffff-ffff-ffff-ffff-ffffffffffff`

	findHead = `
select c.n, not (` + fresh + `),
    (select count(*) from (select from activation p where `
	findMiddle = ` limit c.most + 1) p),
    (select count(*) from (select from activation p
        where not (c.again and p.cancel is not distinct from c.cancel) and `
	findTail = ` limit 1000) p)
from ` + cancels
	findPlainTail = ` limit c.most + 1) p), 0
from ` + cancels

	beforeHead = `
select c.n, p.id, case when p.in_flight > 0 then p.body end
from ` + cancels + `
cross join lateral (
    select p.id, p.in_flight, p.body from activation p where p.cancel = c.cancel and `
	beforeTail = `) p
where c.again and ` + fresh

	offHead = `
update activation a
set version = a.version + 1, status = 5, final = true, due = null, ended_at = h.now, cancel = h.cancel
from (
    select c.n, c.site, c.now, c.cancel, p.id
    from ` + cancels + `
    cross join lateral (
        select p.id from activation p where `
	offTail = `) p
    where c.n between 1 and 1000000 and ` + fresh + `
    offset 0
) h
where a.bucket = $1 and a.site = h.site and a.id between h.id and h.id
returning h.n, a.id, case when a.in_flight > 0 then a.body end`
)

// Before a cancel calls off, it gives back the places of what it will, and what has
// not started. On a site without places there is nothing to look for.
const (
	freeHead = `
delete from place g
using (
    select c.site, p.id
    from ` + cancels + `
    cross join lateral (
        select p.id, p.status from activation p where `
	freeTail = `) p
    where c.n between 1 and 1000000 and p.status < 3 and (
        select true from place x
        where x.bucket = $1 and x.site = c.site
            and (x.automation, x.counter, x.at, x.activation) >= ('` + lowest + `', '` + lowest + `', 0, '` + lowest + `')
        order by x.automation, x.counter, x.at, x.activation
        limit 1) and ` + fresh + `
    offset 0
) h
where g.bucket = $1 and g.site = h.site and g.activation between h.id and h.id`

	sqlFreeByID         = freeHead + `not p.final and ` + byID + ` limit 1` + freeTail
	sqlFreeByEntity     = freeHead + liveEntity + inEntity + entityLimit + freeTail
	sqlFreeByAutomation = freeHead + liveAutomation + ` limit c.most` + freeTail
	sqlFreeByApp        = `
delete from place g
using (
    select c.site, p.id
    from ` + cancels + `
    cross join lateral (
        select o.id, o.status from (
            select p.id, p.status from activation p where ` + liveApp + `) o
        order by o.id limit c.most` + freeTail

	// At most as many as are left of what the same cancel called off before.
	entityLimit = `
        limit case when c.again then greatest(c.most - (
            select count(*) from (select from activation p where p.cancel = c.cancel and ` + overEntity + inEntity + `) p
        ), 0) else c.most end`
)

const (
	sqlFindByID         = findHead + `not p.final and ` + byID + findMiddle + `p.final and ` + byID + findTail
	sqlFindByEntity     = findHead + liveEntity + inEntity + findMiddle + overEntity + inEntity + findTail
	sqlFindByAutomation = findHead + liveAutomation + findPlainTail
	sqlFindByApp        = findHead + liveApp + findPlainTail

	sqlBeforeByID     = beforeHead + `p.final and ` + byID + ` limit 1` + beforeTail
	sqlBeforeByEntity = beforeHead + overEntity + inEntity + beforeTail

	sqlOffByID         = offHead + `not p.final and ` + byID + ` limit 1` + offTail
	sqlOffByEntity     = offHead + liveEntity + inEntity + entityLimit + offTail
	sqlOffByAutomation = offHead + liveAutomation + ` limit c.most` + offTail
	// An app's are sorted here: the order of their IDs is the primary key's, which
	// has all that is over too.
	sqlOffByApp = `
update activation a
set version = a.version + 1, status = 5, final = true, due = null, ended_at = h.now, cancel = h.cancel
from (
    select c.n, c.site, c.now, c.cancel, p.id
    from ` + cancels + `
    cross join lateral (
        select o.id from (
            select p.id from activation p where ` + liveApp + `) o
        order by o.id limit c.most` + offTail
)

// The note of a cancel is written before it calls off, from what there is to call
// off then. It takes three arrays more.
const (
	noteHead = `
insert into entry (bucket, site, stream, id, value)
select b.bucket, c.site, 'cancels'::bytea, c.note, c.value || int4send(f.canceled) || int4send(f.out) || int4send(o.ended)
from bucket b, unnest($2::uuid[], $3::uuid[], $4::bytea[], $5::uuid[], $6::uuid[], $7::uuid[], $8::bigint[], $9::bytea[],
    $10::bigint[], $11::bigint[], $12::bigint[], $13::boolean[], $14::uuid[], $15::bytea[], $16::boolean[])
    with ordinality as c (site, app, trigger_key, entity, automation, id, now, cancel,
        most, site_version, global_version, again, note, value, if_any, n)
cross join lateral (
    select count(*)::int as canceled, coalesce(sum(p.in_flight), 0)::int as out from (
        select p.in_flight from activation p where `
	noteMiddle = `) p) f
cross join lateral (select count(*)::int as ended from (
    select from activation p
    where not (c.again and p.cancel is not distinct from c.cancel) and `
	noteTail = ` limit 1000) p) o
where b.bucket = $1 and c.note <> '` + lowest + `' and (f.canceled > 0 or not c.if_any) and ` + fresh + `
on conflict (bucket, site, stream, id) do nothing`
	notePlainTail = `) p) f
cross join (select 0 as ended) o
where b.bucket = $1 and c.note <> '` + lowest + `' and (f.canceled > 0 or not c.if_any) and ` + fresh + `
on conflict (bucket, site, stream, id) do nothing`

	sqlNoteByID         = noteHead + `not p.final and ` + byID + ` limit 1` + noteMiddle + `p.final and ` + byID + noteTail
	sqlNoteByEntity     = noteHead + liveEntity + inEntity + entityLimit + noteMiddle + overEntity + inEntity + noteTail
	sqlNoteByAutomation = noteHead + liveAutomation + ` limit c.most` + notePlainTail
	sqlNoteByApp        = noteHead + liveApp + ` limit c.most` + notePlainTail
)
