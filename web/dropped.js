// The files of a drop or a paste, with those in folders.

const MOST_FOLDERS = 1000; // of one drop

// filesOf resolves with the files, and takes no more than `most` of them. It says whether there
// were more files or folders than it takes, and whether some could not be read. It leaves out
// hidden files in folders, such as .DS_Store.
export async function filesOf(transfer, most) {
  // Both calls work only until the event is over.
  const dropped = [...transfer.items].filter((i) => i.kind === "file").map((i) => ({ entry: i.webkitGetAsEntry?.(), file: i.getAsFile() }));
  const files = [], folders = [];
  let more = false, unread = false;
  const take = (file) => (files.length < most ? files.push(file) : (more = true));
  for (const { entry, file } of dropped) {
    if (entry?.isDirectory) folders.push(entry);
    else if (file) take(file);
  }
  for (let i = 0; i < folders.length && !more; i++) {
    try {
      for await (const entry of entriesOf(folders[i])) {
        if (entry.isDirectory) folders.length < MOST_FOLDERS ? folders.push(entry) : (more = true);
        else if (!entry.name.startsWith(".")) await new Promise((done, failed) => entry.file(done, failed)).then(take, () => { unread = true; });
        if (more) break;
      }
    } catch {
      unread = true;
    }
  }
  return { files, more, unread };
}

async function* entriesOf(folder) {
  const reader = folder.createReader();
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed)); // Chrome returns at most 100
    if (some.length === 0) return;
    yield* some;
  }
}
