// Oracle checks, with code that is not ours, what a log claims: a signed checkpoint, the tree over its entries, proofs.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type proof struct {
	Size, Index, Old   int64
	Leaf, Root, Before string
	Steps              []string
}

type claims struct {
	Keys        []string
	Signers     int
	Note        string
	Entries     []string
	Inclusion   []proof
	Consistency []proof
}

type store []tlog.Hash

func (s store) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for place, index := range indexes {
		found[place] = s[index]
	}
	return found, nil
}

func main() {
	if err := check(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ok")
}

func check() error {
	var said claims
	if err := json.NewDecoder(os.Stdin).Decode(&said); err != nil {
		return err
	}
	if said.Note != "" {
		if err := checkNote(said); err != nil {
			return err
		}
	}
	for _, one := range said.Inclusion {
		if err := tlog.CheckRecord(steps(one.Steps), one.Size, hash(one.Root), one.Index, hash(one.Leaf)); err != nil {
			return fmt.Errorf("inclusion of %d in %d: %w", one.Index, one.Size, err)
		}
	}
	for _, one := range said.Consistency {
		if err := tlog.CheckTree(steps(one.Steps), one.Size, hash(one.Root), one.Old, hash(one.Before)); err != nil {
			return fmt.Errorf("consistency of %d and %d: %w", one.Old, one.Size, err)
		}
	}
	return nil
}

func checkNote(said claims) error {
	var known []note.Verifier
	for _, key := range said.Keys {
		verifier, err := note.NewVerifier(key)
		if err != nil {
			return err
		}
		known = append(known, verifier)
	}
	opened, err := note.Open([]byte(said.Note), note.VerifierList(known...))
	if err != nil {
		return err
	}
	if len(opened.Sigs) != said.Signers {
		return fmt.Errorf("signed by %d known keys", len(opened.Sigs))
	}
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != known[0].Name() || lines[1] != fmt.Sprint(len(said.Entries)) {
		return fmt.Errorf("origin or size differs")
	}
	root, err := treeOf(said.Entries)
	if err != nil {
		return err
	}
	if lines[2] != root.String() {
		return fmt.Errorf("root differs")
	}
	return nil
}

func treeOf(entries []string) (tlog.Hash, error) {
	var kept store
	for index, entry := range entries {
		content, err := base64.StdEncoding.DecodeString(entry)
		if err != nil {
			return tlog.Hash{}, err
		}
		more, err := tlog.StoredHashes(int64(index), content, kept)
		if err != nil {
			return tlog.Hash{}, err
		}
		kept = append(kept, more...)
	}
	return tlog.TreeHash(int64(len(entries)), kept)
}

func hash(text string) tlog.Hash {
	found, err := tlog.ParseHash(text)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	return found
}

func steps(texts []string) []tlog.Hash {
	found := make([]tlog.Hash, len(texts))
	for place, text := range texts {
		found[place] = hash(text)
	}
	return found
}
