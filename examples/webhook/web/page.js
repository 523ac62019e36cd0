// The page sends a picture in three steps. It may be closed after the second: then the event of
// the bucket confirms the picture.

const form = document.querySelector("form");
const said = document.querySelector("output");

async function step(name, body) {
  const answer = await fetch("tickets/" + name, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.detail);
  return json;
}

// sha256 returns the digest of a file, which the page declares: without one, a file for a server such
// as MinIO is sent in parts.
async function sha256(file) {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return Array.from(sum, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function list() {
  const names = await (await fetch("files")).json();
  document.querySelector("ul").replaceChildren(...names.map((name) => {
    const item = document.createElement("li");
    item.textContent = name;
    return item;
  }));
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const [file] = form.querySelector("input").files;
  said.textContent = "Sending …";
  try {
    const ticket = await step("", {
      field: "file", name: file.name, type: file.type, size: file.size, sha256: await sha256(file),
    });
    const sent = await fetch(ticket.url, { method: ticket.method, headers: ticket.headers, body: file });
    if (!sent.ok) throw new Error("The storage did not take the file.");
    said.textContent = "Sent.";
    await step("confirm", { token: ticket.token });
    said.textContent = "Stored.";
    await list();
  } catch (error) {
    said.textContent = error.message;
  }
});

list();
