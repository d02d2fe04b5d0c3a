// While a test message is under way: a bar, and no second one.
for (const form of document.querySelectorAll("form[data-test]")) {
  form.addEventListener("submit", () => {
    form.querySelector("button").disabled = true;
    form.querySelector("progress").hidden = false;
  });
}
