package clean

// metadata makes free space of a metadata box of a movie or a track, and notes the data of its
// items as data that is not kept, except pictures: they may be samples as well. A box that is too
// large to be held is not read: the data of its items stays.
func (f *film) metadata(b filmBox) {
	if n := b.left(f.walk); n <= maxHeld-int64(f.looked) {
		f.items(f.more(n))
	}
	f.free(b)
}

// items notes the data of the items that a metadata box describes.
func (f *film) items(content []byte) {
	var list, places []byte
	for rest, ok := metaBoxes(content), true; ok; {
		var whole []byte
		if whole, rest, ok = cutBox(rest); !ok {
			break
		}
		switch string(whole[4:8]) {
		case "iinf":
			list = contentOf(whole)
		case "iloc":
			places = contentOf(whole)
		}
	}
	if list == nil || places == nil {
		return
	}
	items := f.itemsOf(list)
	f.eachPlace(places, func(p *heifPlace) {
		item := items.of(p.id)
		if p.how != heifInFile || item != nil && (item.use == heifPicture || item.use == heifJPEG) {
			return
		}
		for _, e := range p.extents {
			if e.from <= everything-f.base {
				f.dropSpan(f.base+e.from, e.to-e.from)
			}
		}
	})
}
