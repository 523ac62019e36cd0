// Additions of this page to <upload-files>: where stored files are, and the choice of how files are
// sent (a "door").

const uploader = document.querySelector("#uploader");
const details = document.querySelector("#details");
const plain = document.querySelector("#plain");
const doors = ["url", "tickets", "resumable"];

await customElements.whenDefined("upload-files");

uploader.links = ({ key }) => {
  const path = "/files/" + key.split("/").map(encodeURIComponent).join("/");
  return { open: path, download: `${path}?download` };
};

details?.addEventListener("change", ({ target }) => {
  const others = doors.filter((door) => target.value && door !== target.value);
  uploader.options = Object.fromEntries(others.map((door) => [door, undefined]));
  uploader.setAttribute("max-size", target.dataset.max);
});

if (details) details.hidden = false;
plain.open = document.querySelector(".message") !== null; // it has just sent files, whose outcome the page shows
if (location.search) history.replaceState(null, "", location.pathname); // so that a reload does not repeat the message
