// Command authenticate reads a log directory of ours with the code of the Go checksum database: the checkpoint's
// signature, then every entry and every hash of every tile against the signed root.
// Usage: authenticate DIR VKEY; exit 0 when all of it holds, 1 when not.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// directory gives tiles from files; the library asks by paths that name the height, the files leave it out.
type directory string

func (d directory) Height() int { return height }

func (d directory) SaveTiles([]tlog.Tile, [][]byte) {}

func (d directory) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, isFull, err := d.read(tile, false)
		if err != nil {
			return nil, err
		}
		if isFull && len(data) == tlog.HashSize<<height {
			data = data[:tile.W*tlog.HashSize]
		}
		if len(data) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s has %d bytes", d.path(tile, false), len(data))
		}
		all = append(all, data)
	}
	return all, nil
}

// read takes the full file where the partial one has gone: a log may grow while it is read.
func (d directory) read(tile tlog.Tile, entries bool) (data []byte, isFull bool, err error) {
	data, err = os.ReadFile(d.path(tile, entries))
	if os.IsNotExist(err) && tile.W < 1<<height {
		tile.W = 1 << height
		data, err = os.ReadFile(d.path(tile, entries))
		return data, true, err
	}
	return data, false, err
}

func (d directory) path(tile tlog.Tile, entries bool) string {
	prefix := fmt.Sprintf("tile/%d/%d/", tile.H, tile.L)
	kind := strconv.Itoa(tile.L)
	if entries {
		kind = "entries"
	}
	return filepath.Join(string(d), "tile", kind, strings.TrimPrefix(tile.Path(), prefix))
}

func main() {
	size, err := authenticate(directory(os.Args[1]), os.Args[2])
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
	fmt.Printf("authenticated %d entries\n", size)
}

func authenticate(dir directory, vkey string) (int64, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return 0, err
	}
	signed, err := os.ReadFile(filepath.Join(string(dir), "checkpoint"))
	if err != nil {
		return 0, err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return 0, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return 0, fmt.Errorf("the checkpoint is not three lines of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return 0, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return 0, fmt.Errorf("the root is not a hash")
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	hashes := tlog.TileHashReader(tree, dir)
	for level := 0; size>>(uint(level)*height) > 0; level++ {
		if err := checkLevel(dir, hashes, level, size>>(uint(level)*height)); err != nil {
			return 0, err
		}
	}
	return size, nil
}

// checkLevel asks the library, which proves what it answers, for each hash that the tiles of one level must hold.
func checkLevel(dir directory, hashes tlog.HashReader, level int, count int64) error {
	for number := int64(0); number<<height < count; number++ {
		width := count - number<<height
		if width > 1<<height {
			width = 1 << height
		}
		tile := tlog.Tile{H: height, L: level, N: number, W: int(width)}
		var indexes []int64
		for i := int64(0); i < width; i++ {
			indexes = append(indexes, tlog.StoredHashIndex(level*height, number<<height+i))
		}
		proven, err := hashes.ReadHashes(indexes)
		if err != nil {
			return err
		}
		data, err := dir.ReadTiles([]tlog.Tile{tile})
		if err != nil {
			return err
		}
		for i, hash := range proven {
			if string(hash[:]) != string(data[0][i*tlog.HashSize:(i+1)*tlog.HashSize]) {
				return fmt.Errorf("hash %d of %s is not the proven one", i, tile.Path())
			}
		}
		if level == 0 {
			if err := checkEntries(dir, tile, proven); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkEntries(dir directory, tile tlog.Tile, leaves []tlog.Hash) error {
	path := dir.path(tile, true)
	rest, isFull, err := dir.read(tile, true)
	if err != nil {
		return err
	}
	for i, leaf := range leaves {
		if len(rest) < 2 || len(rest)-2 < int(binary.BigEndian.Uint16(rest)) {
			return fmt.Errorf("%s ends inside entry %d", path, i)
		}
		length := int(binary.BigEndian.Uint16(rest))
		if tlog.RecordHash(rest[2:2+length]) != leaf {
			return fmt.Errorf("entry %d of %s is not the proven one", i, path)
		}
		rest = rest[2+length:]
	}
	if len(rest) != 0 && !isFull {
		return fmt.Errorf("%s has bytes behind its last entry", path)
	}
	return nil
}
