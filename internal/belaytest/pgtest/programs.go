package pgtest

import (
	"cmp"
	"context"
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// findPrograms returns the folder of PostgreSQL's server programs: PATH's, or else
// the newest installed.
func findPrograms() (string, error) {
	var folders []string
	if path, err := exec.LookPath("postgres"); err == nil {
		// A link's folder need not hold the other programs; its target's does.
		if path, err = filepath.EvalSymlinks(path); err == nil {
			folders = append(folders, filepath.Dir(path))
		}
	}
	installed, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	version := func(folder string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(folder)))
		return n
	}
	slices.SortFunc(installed, func(a, b string) int { return cmp.Compare(version(b), version(a)) })
	for _, folder := range append(folders, installed...) {
		if complete(folder) {
			return folder, nil
		}
	}
	return "", errors.New("PostgreSQL's server programs are needed: install the package postgresql")
}

func complete(folder string) bool {
	for _, program := range []string{"initdb", "postgres", "pg_basebackup"} {
		if _, err := exec.LookPath(filepath.Join(folder, program)); err != nil {
			return false
		}
	}
	return true
}

// command returns a program that will run in the folder, with nothing of our own
// environment and never as root. The context ends it.
func command(ctx context.Context, folder, program string, args ...string) (*exec.Cmd, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = folder
	cmd.Env = []string{"HOME=" + folder, "PATH=/usr/bin:/bin", "LC_ALL=C"}
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	if os.Getuid() != 0 {
		return cmd, nil
	}
	uid, gid, err := unprivileged()
	if err != nil {
		return nil, err
	}
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return cmd, nil
}

// unprivileged returns who runs the programs in root's place.
func unprivileged() (uid, gid int, err error) {
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return 0, 0, err
		}
	}
	if uid, err = strconv.Atoi(u.Uid); err != nil {
		return 0, 0, err
	}
	gid, err = strconv.Atoi(u.Gid)
	return uid, gid, err
}

// newFolder makes a folder that belongs to whoever runs the programs.
func newFolder() (string, error) {
	folder, err := os.MkdirTemp("", "belay-pgtest-")
	if err != nil {
		return "", err
	}
	if err := os.Chmod(folder, 0o755); err != nil {
		return "", err
	}
	if os.Getuid() == 0 {
		uid, gid, err := unprivileged()
		if err != nil {
			return "", err
		}
		return folder, os.Chown(folder, uid, gid)
	}
	return folder, nil
}
