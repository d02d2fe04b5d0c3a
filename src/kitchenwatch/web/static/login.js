// A link from a chat or a mail arrives without the session's cookie (SameSite=Strict), so it lands on this page
// even when one has signed in. A request from here carries the cookie and finds out.
const form = document.querySelector("form[data-next]");
const answer = await fetch("/api/v1/me");
if (answer.ok) location.replace(form.dataset.next);
