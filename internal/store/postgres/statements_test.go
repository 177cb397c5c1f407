package postgres

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	pgquery "github.com/wasilibs/go-pgquery/parser"
)

// shared are the tables without a bucket, of which each shard has a copy. A new
// one is written here on purpose or not at all.
var shared = []string{"global_doc", "global_scope", "node"}

// source is the package as it is compiled, without its tests.
type source struct {
	files map[string]*ast.File
	info  types.Info
	scope *types.Scope
}

func readSource(t *testing.T) *source {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	s := &source{files: map[string]*ast.File{}, info: types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{},
	}}
	set := token.NewFileSet()
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if s.files[name], err = parser.ParseFile(set, name, nil, parser.SkipObjectResolution); err != nil {
			t.Fatal(err)
		}
	}
	// What is imported is not looked at: a constant text needs none of it.
	config := types.Config{Importer: nothingImported{}, Error: func(error) {}}
	p, _ := config.Check("postgres", set, slices.Collect(maps.Values(s.files)), &s.info)
	s.scope = p.Scope()
	return s
}

type nothingImported struct{}

func (nothingImported) Import(string) (*types.Package, error) {
	return nil, errors.New("not looked at")
}

// statements returns the package's constants that are whole statements, by name.
func (s *source) statements() map[string]string {
	out := map[string]string{}
	for _, name := range s.scope.Names() {
		if c, ok := s.scope.Lookup(name).(*types.Const); ok && strings.HasPrefix(name, "sql") {
			out[name] = constant.StringVal(c.Val())
		}
	}
	return out
}

// texts returns the constant texts of a file, each as long as it gets by being
// put together, but for those of imports and tags.
func (s *source) texts(file string) (out []string) {
	ast.Inspect(s.files[file], func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field:
			n.Tag = nil
		case *ast.Ident: // what it stands for is read where it is declared
		case ast.Expr:
			if v := s.info.Types[n].Value; v != nil && v.Kind() == constant.String {
				out = append(out, constant.StringVal(v))
				return false
			}
		}
		return true
	})
	return out
}

// used returns which statements the functions of a file run.
func (s *source) used(file string) map[string]bool {
	out := map[string]bool{}
	ast.Inspect(s.files[file], func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && strings.HasPrefix(id.Name, "sql") && s.info.Uses[id] != nil {
			out[id.Name] = true
		}
		return true
	})
	return out
}

func TestEveryStatementKeepsToOneBucket(t *testing.T) {
	src := readSource(t)
	tenants := tenantTables(t)
	all := src.statements()
	if len(all) < 50 {
		t.Fatalf("only %d statements were found", len(all))
	}
	for name, sql := range all {
		for _, complaint := range complaints(tenants, sql) {
			t.Errorf("%s: %s", name, complaint)
		}
	}
	// A statement under another name would not be looked at.
	for _, name := range src.scope.Names() {
		c, ok := src.scope.Lookup(name).(*types.Const)
		if !ok || c.Val().Kind() != constant.String || strings.HasPrefix(name, "sql") {
			continue
		}
		part := constant.StringVal(c.Val())
		used := false
		for _, sql := range all {
			used = used || strings.Contains(sql, part)
		}
		if _, err := pgquery.ParseToJSON(part); !used && (err == nil || mentions(tenants).MatchString(part)) {
			t.Errorf("%s is no part of a constant whose name begins with sql", name)
		}
	}
}

func TestNoOtherTextConcernsATenantsTable(t *testing.T) {
	src := readSource(t)
	tenants := tenantTables(t)
	read := 0
	for file := range src.files {
		if strings.HasPrefix(file, "statements") {
			continue
		}
		for _, text := range src.texts(file) {
			read++
			if mentions(tenants).MatchString(text) {
				t.Errorf("%s: a statement on a tenant's table stands in a file of statements: %q", file, text)
			}
			if tree, err := parse(text); err == nil {
				for _, r := range tables(tree) {
					if tenants[r] {
						t.Errorf("%s: a statement on %s stands in a file of statements: %q", file, r, text)
					}
				}
			}
		}
	}
	if read < 100 {
		t.Errorf("only %d texts were found", read)
	}
}

// mentions finds a table where it is read or written.
func mentions(tenants map[string]bool) *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(from|join|into|update|using|table)\s+(only\s+)?(public\.)?"?(` +
		strings.Join(slices.Sorted(maps.Keys(tenants)), "|") + `)\b`)
}

func TestStatementsThatLeaveTheirBucketAreRefused(t *testing.T) {
	tenants := tenantTables(t)
	for sql, want := range map[string]string{
		`select id from event`:                                                                     "event",
		`select id from event where site = $1`:                                                     "event",
		`select id from event where bucket = $2`:                                                   "event",
		`select id from event where bucket = 1`:                                                    "event",
		`select id from event where bucket >= $1`:                                                  "event",
		`select id from event where bucket = $1 or site = $2`:                                      "event",
		`select id from event where not (bucket = $1)`:                                             "event",
		`select id from event e, activation a where bucket = $1`:                                   "event",
		`select e.id from event e, activation a where e.bucket = $1`:                               "activation",
		`select e.id from event e join activation a on a.bucket = e.bucket where e.bucket = $1`:    "activation",
		`select e.id from event e left join activation a on a.bucket = $1 where e.bucket = $1`:     "activation",
		`select e.id from event e where e.bucket = $1 and exists (select from doc d where true)`:   "doc",
		`select (select count(*) from entry) from event where bucket = $1`:                         "entry",
		`select id from event where bucket = $1 union all select id from activation`:               "activation",
		`with w as (select id from event) select id from w`:                                        "event",
		`select x.id from unnest($2::uuid[]) x (id) cross join lateral (select from event) e`:      "event",
		`update activation set status = 5 where site = $1`:                                         "activation",
		`update activation a set status = 5 from event e where a.bucket = $1`:                      "event",
		`update activation set bucket = $2 where bucket = $1`:                                      "moves",
		`delete from activation where id = $1`:                                                     "activation",
		`delete from activation a using event e where e.bucket = $1`:                               "activation",
		`insert into scope (bucket, scope, version) values ($2, $1, $3)`:                           "insert",
		`insert into scope (bucket, scope, version) values ($1, $2, $3), (7, $2, $3)`:              "insert",
		`insert into scope (scope, version) values ($1, $2)`:                                       "insert",
		`insert into scope values ($1, $2, $3)`:                                                    "insert",
		`insert into scope (bucket, scope, version) select $2, $1, 1`:                              "insert",
		`insert into doc (bucket, scope) select b.bucket, $2 from bucket b`:                        "bucket",
		`insert into doc (bucket, scope) select x.bucket, $2 from bucket b, x where b.bucket = $1`: "insert",
		`with w as (insert into scope (bucket, scope) values ($1, $2)) select 1`:                   "within a with",
		`listen event`:                    "kind",
		`notify event`:                    "kind",
		`select pg_notify('', '')`:        "pg_notify",
		`select pg_advisory_xact_lock(1)`: "pg_advisory_xact_lock",
		`select pg_try_advisory_lock(1)`:  "pg_try_advisory_lock",
		`select id from event where bucket = $1 and id = nextval('s')`: "nextval",
		`create temp table x (n int)`:                                  "kind",
		`select id into temp x from event where bucket = $1`:           "into",
		`truncate event`:                           "kind",
		`lock table event`:                         "kind",
		`select id from another where bucket = $1`: "another",
		`select (with w as (select 1) select 1 from w) from w where true`: "w is no table",
		`select 1; select 2`: "one statement",
		`select from where`:  "syntax",
	} {
		if got := strings.Join(complaints(tenants, sql), "; "); !strings.Contains(got, want) {
			t.Errorf("%s: %q; want a complaint about %q", sql, got, want)
		}
	}
	for _, sql := range []string{
		`select id from event where bucket = $1`,
		`select id from event where $1 = bucket and site = $2`,
		`select e.id from event e join activation a on a.bucket = $1 and a.event = e.id where e.bucket = $1`,
		`insert into scope (scope, bucket, version) values ($2, $1, $3)`,
		`insert into doc (bucket, scope) select b.bucket, $2 from bucket b where b.bucket = $1`,
		`select version from global_scope`,
		`with w as (select 1 as n) select (select v.n from w v) from event where bucket = $1`,
	} {
		if got := complaints(tenants, sql); len(got) > 0 {
			t.Errorf("%s: %q; want no complaint", sql, got)
		}
	}
	if !mentions(tenants).MatchString("DELETE FROM event") || mentions(tenants).MatchString("postgres: event %s") {
		t.Error("a mention of a table is not told from a word")
	}
}

type node = map[string]any

func parse(sql string) (statements []any, err error) {
	text, err := pgquery.ParseToJSON(sql)
	if err != nil {
		return nil, err
	}
	var tree struct {
		Stmts []struct{ Stmt any }
	}
	if err := json.Unmarshal([]byte(text), &tree); err != nil {
		return nil, err
	}
	for _, s := range tree.Stmts {
		statements = append(statements, s.Stmt)
	}
	return statements, nil
}

// unwrap returns the kind of a node and what it holds; "" where v is none.
func unwrap(v any) (kind string, n node) {
	m, ok := v.(node)
	if !ok || len(m) != 1 {
		return "", nil
	}
	for kind, inner := range m {
		if n, ok := inner.(node); ok && kind[0] >= 'A' && kind[0] <= 'Z' {
			return kind, n
		}
	}
	return "", nil
}

// eachNode calls do for every node below v, v among them; it goes below those for
// which do returns true.
func eachNode(v any, do func(kind string, n node) bool) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			eachNode(one, do)
		}
	case node:
		if kind, n := unwrap(v); kind != "" {
			if do(kind, n) {
				children(n, do)
			}
			return
		}
		children(v, do)
	}
}

func children(n node, do func(kind string, n node) bool) {
	for key, child := range n {
		// The two sides of a union are the only statements without their kind.
		if side, ok := child.(node); ok && (key == "larg" || key == "rarg") && side["op"] != nil {
			child = node{"SelectStmt": side}
		}
		eachNode(child, do)
	}
}

func tables(tree []any) (out []string) {
	add := func(v any) {
		if n, ok := v.(node); ok && n["relname"] != nil {
			out = append(out, n["relname"].(string))
		}
	}
	eachNode(tree, func(kind string, n node) bool {
		if add(n["relation"]); kind == "RangeVar" {
			add(n)
		}
		return true
	})
	return out
}

// complaints says what keeps a statement from being sent to one shard.
func complaints(tenants map[string]bool, sql string) []string {
	tree, err := parse(sql)
	if err != nil {
		return []string{err.Error()}
	}
	if len(tree) != 1 {
		return []string{"it is not one statement"}
	}
	c := &checker{tenants: tenants}
	eachNode(tree[0], func(kind string, n node) bool {
		switch kind {
		case "SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt":
			c.level(kind, n)
		default:
			c.complain("a statement of the kind %s", kind)
		}
		return false
	})
	return c.found
}

type checker struct {
	tenants map[string]bool
	with    []string // what the queries around name by a WITH
	found   []string
}

func (c *checker) complain(format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf(format, args...))
}

// rangeEntry is one table of a FROM.
type rangeEntry struct{ alias, table string }

// level checks one query, without those within it, and then these.
func (c *checker) level(kind string, n node) {
	around := c.with
	defer func() { c.with = around }()
	c.with = append(slices.Clip(around), named(n)...)
	var entries []rangeEntry
	var conditions []any
	from, other := n["fromClause"], 0
	if kind == "DeleteStmt" {
		from = n["usingClause"]
	}
	table := func(n node) rangeEntry {
		e := rangeEntry{table: n["relname"].(string)}
		if e.alias = e.table; n["alias"] != nil {
			e.alias = n["alias"].(node)["aliasname"].(string)
		}
		return e
	}
	target, _ := n["relation"].(node)
	if target != nil && kind != "InsertStmt" {
		entries = append(entries, table(target))
	}
	var look func(v any)
	look = func(v any) {
		switch kind, n := unwrap(v); kind {
		case "RangeVar":
			entries = append(entries, table(n))
		case "JoinExpr":
			look(n["larg"])
			look(n["rarg"])
			// What an outer join compares leaves the rows of one side all in.
			if n["jointype"] == "JOIN_INNER" {
				conditions = append(conditions, n["quals"])
			}
		default:
			other++
		}
	}
	if list, ok := from.([]any); ok {
		for _, v := range list {
			look(v)
		}
	}
	fixed := fixedBuckets(append(conditions, n["whereClause"]), len(entries)+other == 1)
	for _, e := range entries {
		switch {
		case c.tenants[e.table] && !fixed[e.alias] && !fixed[""]:
			c.complain("nothing says %s.bucket = $1, of the table %s", e.alias, e.table)
		case !c.tenants[e.table] && !slices.Contains(shared, e.table) && !strings.HasPrefix(e.table, "pg_") && e.table != versionTable && !slices.Contains(c.with, e.table):
			c.complain("%s is no table of the schema", e.table)
		}
	}
	switch {
	case kind == "InsertStmt" && c.tenants[target["relname"].(string)]:
		c.insert(n)
	case kind == "UpdateStmt" && c.tenants[target["relname"].(string)]:
		for _, column := range n["targetList"].([]any) {
			if _, r := unwrap(column); r["name"] == "bucket" {
				c.complain("it moves rows to another bucket")
			}
		}
	}
	if n["intoClause"] != nil {
		c.complain("select into")
	}
	children(n, func(kind string, n node) bool {
		switch kind {
		case "SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt":
			c.level(kind, n)
			return false
		case "CommonTableExpr":
			if inner, _ := unwrap(n["ctequery"]); inner == "InsertStmt" {
				c.complain("an insert within a with")
			}
		case "FuncCall":
			names := n["funcname"].([]any)
			_, last := unwrap(names[len(names)-1])
			if name := last["sval"].(string); forbidden.MatchString(name) {
				c.complain("it calls %s", name)
			}
		}
		return true
	})
}

var forbidden = regexp.MustCompile(`^(pg_notify|nextval|setval|currval|lastval|pg_(try_)?advisory_.*)$`)

// named returns what a query names by its WITH, for itself and those within it.
func named(n node) (names []string) {
	with, _ := n["withClause"].(node)
	list, _ := with["ctes"].([]any)
	for _, v := range list {
		if _, cte := unwrap(v); cte != nil {
			names = append(names, cte["ctename"].(string))
		}
	}
	return names
}

// fixedBuckets returns the aliases whose bucket must be $1 for the conditions to
// hold, "" for the only entry.
func fixedBuckets(conditions []any, only bool) map[string]bool {
	out := map[string]bool{}
	var look func(v any)
	look = func(v any) {
		switch kind, n := unwrap(v); {
		case kind == "BoolExpr" && n["boolop"] == "AND_EXPR":
			for _, one := range n["args"].([]any) {
				look(one)
			}
		case kind == "A_Expr" && n["kind"] == "AEXPR_OP" && operator(n) == "=":
			for _, sides := range [][2]any{{n["lexpr"], n["rexpr"]}, {n["rexpr"], n["lexpr"]}} {
				alias, ok := bucketOf(sides[0])
				if ok && isFirst(sides[1]) && (alias != "" || only) {
					out[alias] = true
				}
			}
		}
	}
	for _, v := range conditions {
		look(v)
	}
	return out
}

func operator(n node) string {
	_, last := unwrap(n["name"].([]any)[0])
	return last["sval"].(string)
}

// isFirst reports whether v is $1.
func isFirst(v any) bool {
	kind, n := unwrap(v)
	return kind == "ParamRef" && n["number"] == 1.0
}

// bucketOf returns the alias of a column named bucket.
func bucketOf(v any) (alias string, ok bool) {
	kind, n := unwrap(v)
	if kind != "ColumnRef" {
		return "", false
	}
	var names []string
	for _, f := range n["fields"].([]any) {
		_, s := unwrap(f)
		name, _ := s["sval"].(string)
		names = append(names, name)
	}
	if names[len(names)-1] != "bucket" {
		return "", false
	}
	return strings.Join(names[:len(names)-1], "."), true
}

// insert checks that every row goes into the bucket $1.
func (c *checker) insert(n node) {
	at := -1
	columns, _ := n["cols"].([]any)
	for i, column := range columns {
		if _, r := unwrap(column); r["name"] == "bucket" {
			at = i
		}
	}
	_, from := unwrap(n["selectStmt"])
	if at < 0 || from == nil {
		c.complain("an insert that names no bucket")
		return
	}
	if rows, ok := from["valuesLists"].([]any); ok {
		for _, row := range rows {
			_, list := unwrap(row)
			if !isFirst(list["items"].([]any)[at]) {
				c.complain("an insert whose bucket is not $1")
			}
		}
		return
	}
	_, value := unwrap(from["targetList"].([]any)[at])
	if isFirst(value["val"]) {
		return
	}
	// The SELECT is checked as a level of its own: a table there has its bucket
	// fixed, and anything else may have a column of that name.
	alias, ok := bucketOf(value["val"])
	if !ok || alias == "" || !fixedBuckets([]any{from["whereClause"]}, false)[alias] || !c.isTenant(from["fromClause"], alias) {
		c.complain("an insert whose bucket is not that of a row of bucket $1")
	}
}

func (c *checker) isTenant(from any, alias string) (found bool) {
	list, _ := from.([]any)
	for _, v := range list {
		if kind, n := unwrap(v); kind == "RangeVar" {
			name := n["relname"]
			if n["alias"] != nil {
				name = n["alias"].(node)["aliasname"]
			}
			found = found || name == alias && c.tenants[n["relname"].(string)]
		}
	}
	return found
}

// tableShape is a table as the schema makes it.
type tableShape struct {
	columns []string
	key     []string
}

// readSchema returns all tables that the steps of the schema make, and what must
// not be in one.
func readSchema(texts map[string]string) (shapes map[string]*tableShape, found []string) {
	shapes = map[string]*tableShape{}
	complain := func(file, format string, args ...any) {
		found = append(found, file+": "+fmt.Sprintf(format, args...))
	}
	for file, text := range texts {
		tree, err := parse(text)
		if err != nil {
			complain(file, "%v", err)
			continue
		}
		eachNode(tree, func(kind string, n node) bool {
			switch kind {
			case "CreateTrigStmt", "CreateSeqStmt", "AlterSeqStmt", "ListenStmt", "NotifyStmt", "CreateFunctionStmt", "DoStmt",
				"CreateExtensionStmt", "RuleStmt", "ViewStmt":
				complain(file, "a statement of the kind %s", kind)
			case "FuncCall":
				_, name := unwrap(n["funcname"].([]any)[0])
				if forbidden.MatchString(name["sval"].(string)) {
					complain(file, "it calls %s", name["sval"])
				}
			case "Constraint":
				if n["contype"] == "CONSTR_IDENTITY" || n["contype"] == "CONSTR_FOREIGN" {
					complain(file, "a constraint of the kind %s", n["contype"])
				}
			case "ColumnDef":
				names := n["typeName"].(node)["names"].([]any)
				_, last := unwrap(names[len(names)-1])
				if strings.Contains(last["sval"].(string), "serial") {
					complain(file, "%s is a %s", n["colname"], last["sval"])
				}
			case "AlterTableStmt":
				if table := shapes[n["relation"].(node)["relname"].(string)]; table != nil {
					table.key = append(table.key, keyOf(n["cmds"])...)
				}
			case "CreateStmt":
				relation := n["relation"].(node)
				if relation["relpersistence"] != "p" {
					complain(file, "%s is not kept", relation["relname"])
				}
				shapes[relation["relname"].(string)] = shapeOf(n)
			case "IndexStmt":
				table := shapes[n["relation"].(node)["relname"].(string)]
				_, first := unwrap(n["indexParams"].([]any)[0])
				if table != nil && slices.Contains(table.columns, "bucket") && first["name"] != "bucket" {
					complain(file, "the index %s does not begin with the bucket", n["idxname"])
				}
			}
			return true
		})
	}
	for name, s := range shapes {
		if slices.Contains(s.columns, "bucket") && (len(s.key) == 0 || s.key[0] != "bucket") {
			complain(name, "its primary key does not begin with the bucket")
		}
	}
	return shapes, found
}

func shapeOf(create node) *tableShape {
	s := &tableShape{key: keyOf(create["tableElts"])}
	for _, element := range create["tableElts"].([]any) {
		kind, n := unwrap(element)
		if kind != "ColumnDef" {
			continue
		}
		name := n["colname"].(string)
		s.columns = append(s.columns, name)
		eachNode(n["constraints"], func(kind string, n node) bool {
			if kind == "Constraint" && n["contype"] == "CONSTR_PRIMARY" {
				s.key = []string{name}
			}
			return true
		})
	}
	return s
}

// keyOf returns the columns of a primary key that stands by itself.
func keyOf(v any) (columns []string) {
	eachNode(v, func(kind string, n node) bool {
		if kind == "Constraint" && n["contype"] == "CONSTR_PRIMARY" {
			keys, _ := n["keys"].([]any)
			for _, k := range keys {
				_, name := unwrap(k)
				columns = append(columns, name["sval"].(string))
			}
		}
		return true
	})
	return columns
}

func schemaTexts(t *testing.T) map[string]string {
	t.Helper()
	files, err := fs.Glob(schema, "schema/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, file := range files {
		b, err := schema.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out[file] = string(b)
	}
	return out
}

// tenantTables are those that have a bucket.
func tenantTables(t *testing.T) map[string]bool {
	t.Helper()
	shapes, _ := readSchema(schemaTexts(t))
	out := map[string]bool{}
	for name, s := range shapes {
		if slices.Contains(s.columns, "bucket") {
			out[name] = true
		}
	}
	if len(out) < 7 {
		t.Fatalf("only %v were found to be tenants' tables", out)
	}
	return out
}

func TestSchemaHasNothingThatShardsOrPoolersLack(t *testing.T) {
	texts := schemaTexts(t)
	shapes, found := readSchema(texts)
	for _, complaint := range found {
		t.Error(complaint)
	}
	tenants := tenantTables(t)
	var others []string
	for name := range shapes {
		if !tenants[name] {
			others = append(others, name)
		}
	}
	slices.Sort(others)
	if !slices.Equal(others, shared) {
		t.Errorf("tables without a bucket: %v; want %v", others, shared)
	}
	if entries, err := os.ReadDir("schema"); err != nil || len(entries) != len(texts) {
		t.Errorf("%d files in schema, %v; want the %d steps alone", len(entries), err, len(texts))
	}
	for text, want := range map[string]string{
		`create table x (bucket smallint, id bigserial, primary key (bucket, id))`:                        "bigserial",
		`create table x (bucket smallint, id int generated always as identity, primary key (bucket, id))`: "CONSTR_IDENTITY",
		`create table x (id uuid primary key, bucket smallint)`:                                           "primary key",
		`create table x (id uuid, bucket smallint)`:                                                       "primary key",
		`create table x (bucket smallint primary key, id uuid); create index i on x (id)`:                 "the index i",
		`create table x (bucket smallint primary key, id uuid references y)`:                              "CONSTR_FOREIGN",
		`create unlogged table x (bucket smallint primary key)`:                                           "not kept",
		`create sequence s`: "CreateSeqStmt",
		`create trigger t after insert on event for each row execute function f()`:         "CreateTrigStmt",
		`create function f() returns trigger language plpgsql as 'begin return null; end'`: "CreateFunctionStmt",
		`listen x`:                  "ListenStmt",
		`select pg_notify('x', '')`: "pg_notify",
		`create table x (n int default nextval('s'))`: "nextval",
	} {
		if _, found := readSchema(map[string]string{"x": text}); !strings.Contains(strings.Join(found, "; "), want) {
			t.Errorf("%s: %q; want a complaint about %q", text, found, want)
		}
	}
}

func TestEveryTableIsDistributed(t *testing.T) {
	shapes, _ := readSchema(schemaTexts(t))
	tenants := tenantTables(t)
	all := ""
	for _, d := range distribution {
		if !strings.Contains(d.sql, "'"+d.table+"'") {
			t.Errorf("%s: %s", d.table, d.sql)
		}
		all += d.sql + "\n"
	}
	for name := range shapes {
		want := `create_reference_table('` + name + `')`
		if tenants[name] {
			want = `create_distributed_table('` + name + `', 'bucket', `
		}
		if strings.Count(all, want) != 1 {
			t.Errorf("what spreads the tables over shards has no %s", want)
		}
	}
	if len(distribution) != len(shapes) {
		t.Errorf("%d tables are spread over shards; want %d", len(distribution), len(shapes))
	}
}
