package deploy_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// image is what the Dockerfile makes.
type image struct {
	stages  []instructions.Stage
	command []string // of the binary
	env     map[string]string
	user    string
}

// last returns the final stage's only instruction of a kind.
func last[T instructions.Command](t *testing.T, i *image) T {
	t.Helper()
	var found []T
	for _, c := range i.stages[len(i.stages)-1].Commands {
		if c, ok := c.(T); ok {
			found = append(found, c)
		}
	}
	if len(found) != 1 {
		t.Fatalf("the final stage has %d of %T", len(found), *new(T))
	}
	return found[0]
}

func readImage(t *testing.T) *image {
	t.Helper()
	file, err := parser.Parse(strings.NewReader(read(t, "Dockerfile")))
	if err != nil {
		t.Fatal(err)
	}
	if len(file.Warnings) > 0 {
		t.Errorf("warnings: %v", file.Warnings)
	}
	i := &image{env: map[string]string{}}
	if i.stages, _, err = instructions.Parse(file.AST, nil); err != nil {
		t.Fatal(err)
	}
	if len(i.stages) != 2 || i.stages[0].Name == "" || i.stages[1].BaseName != "scratch" {
		t.Fatalf("stages: %v", i.stages)
	}
	for _, c := range i.stages[1].Commands {
		if c, ok := c.(*instructions.EnvCommand); ok {
			for _, kv := range c.Env {
				i.env[kv.Key] = kv.Value
			}
		}
	}
	i.command = last[*instructions.CmdCommand](t, i).CmdLine
	i.user = last[*instructions.UserCommand](t, i).User
	return i
}

func TestTheImageHoldsWhatTheServerNeeds(t *testing.T) {
	i := readImage(t)
	copied := map[string]string{}
	for _, c := range i.stages[1].Commands {
		switch c := c.(type) {
		case *instructions.CopyCommand:
			if c.From != i.stages[0].Name {
				t.Errorf("%v: from %q, which is no stage", c, c.From)
			}
			copied[c.DestPath] = c.Chown
		case *instructions.RunCommand:
			t.Errorf("%v: there is nothing to run in the final stage", c)
		}
	}
	start := last[*instructions.EntrypointCommand](t, i)
	if _, ok := copied[start.CmdLine[0]]; !ok || start.PrependShell || last[*instructions.CmdCommand](t, i).PrependShell {
		t.Errorf("the entry point is %v, copied are %v", start.CmdLine, copied)
	}
	if _, ok := copied["/etc/ssl/certs/ca-certificates.crt"]; !ok {
		t.Error("there are no certificates")
	}
	if !regexp.MustCompile(`^[1-9]\d*:[1-9]\d*$`).MatchString(i.user) {
		t.Errorf("user %s: must be two numbers, so that a cluster knows that it is not root", i.user)
	}
	if copied[i.env["BELAY_DATA"]] != i.user {
		t.Errorf("the folder %q does not belong to %s: %v", i.env["BELAY_DATA"], i.user, copied)
	}
	if got := last[*instructions.ExposeCommand](t, i).Ports; !slices.Equal(got, []string{port}) || i.env["BELAY_LISTEN"] != ":"+port {
		t.Errorf("exposes %v, listens at %s", got, i.env["BELAY_LISTEN"])
	}
}

func TestTheImageIsBuiltAsTheBinaryIs(t *testing.T) {
	build := readImage(t).stages[0]
	line := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "../go.mod"))
	if line == nil || build.BaseName != "golang:"+line[1] {
		t.Errorf("built with %s; go.mod says %v", build.BaseName, line)
	}
	var run string
	for _, c := range build.Commands {
		if c, ok := c.(*instructions.RunCommand); ok {
			run += strings.Join(c.CmdLine, " ")
		}
	}
	for _, part := range []string{"CGO_ENABLED=0", "go build -trimpath", "-ldflags '-s -w'", "./cmd/belay"} {
		if !strings.Contains(run, part) {
			t.Errorf("%q is not in %s", part, run)
		}
	}
}

// TestTheBuildLeavesOutWhatGitLeavesOut: where a file that git keeps is missing, Go
// marks the version as dirty.
func TestTheBuildLeavesOutWhatGitLeavesOut(t *testing.T) {
	patterns := func(path string) []string {
		var all []string
		for line := range strings.Lines(read(t, path)) {
			line = strings.Trim(strings.TrimSpace(line), "/")
			if line != "" && line[0] != '#' {
				all = append(all, strings.TrimPrefix(line, "**/"))
			}
		}
		slices.Sort(all)
		return all
	}
	if git, docker := patterns("../.gitignore"), patterns("../.dockerignore"); !slices.Equal(git, docker) {
		t.Errorf(".gitignore has %v, .dockerignore %v", git, docker)
	}
}
