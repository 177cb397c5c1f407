package app_test

import (
	"path/filepath"
	"testing"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/client"
	"github.com/belay-events/belay/internal/app"
)

func TestAServerCopiesItsStoreWhileItRuns(t *testing.T) {
	data := t.TempDir()
	a := open(t, app.Config{Data: data})
	stop := run(t, a)
	c := client.New(a.URL(), client.Credentials{Key: a.FirstKey()})
	var folders []string
	for _, name := range []string{"first", "second"} {
		if _, err := c.CreateSite(t.Context(), api.CreateSiteRequest{Name: name, TimeZone: "UTC"}); err != nil {
			t.Fatal(err)
		}
		made, err := c.Backup(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		folders = append(folders, made.Folder)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	for i, folder := range folders {
		if filepath.Dir(folder) != filepath.Join(data, app.Snapshots) {
			t.Errorf("the copy went to %s", folder)
		}
		copied := open(t, app.Config{Data: folder})
		stop := run(t, copied)
		c := client.New(copied.URL(), client.Credentials{Key: a.FirstKey()})
		sites, err := c.Sites(t.Context())
		if err != nil || len(sites) != i+1 {
			t.Errorf("copy %d has the sites %v, %v", i+1, sites, err)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	}
}
