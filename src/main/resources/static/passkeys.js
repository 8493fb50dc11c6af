// Forms with a passkey: asks for a challenge, has the browser answer it, and posts the answer with the form.
"use strict";
(() => {
  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) =>
    btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""))
      .replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

  async function create(options) {
    const made = await navigator.credentials.create({
      publicKey: {
        challenge: bytes(options.challenge),
        rp: options.party,
        user: { ...options.user, id: bytes(options.user.id) },
        pubKeyCredParams: options.algorithms.map((alg) => ({ type: "public-key", alg })),
        excludeCredentials: options.known.map((id) => ({ type: "public-key", id: bytes(id) })),
        authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
        attestation: "none",
        timeout: options.timeout,
      },
    });
    return {
      credential: text(made.rawId),
      clientData: text(made.response.clientDataJSON),
      attestation: text(made.response.attestationObject),
      transports: (made.response.getTransports?.() ?? []).join(" "),
    };
  }

  async function use(options) {
    const used = await navigator.credentials.get({
      publicKey: {
        challenge: bytes(options.challenge),
        rpId: options.party.id,
        userVerification: "required",
        timeout: options.timeout,
      },
    });
    return {
      credential: text(used.rawId),
      clientData: text(used.response.clientDataJSON),
      authenticatorData: text(used.response.authenticatorData),
      signature: text(used.response.signature),
      userHandle: text(used.response.userHandle ?? new ArrayBuffer(0)),
    };
  }

  async function answer(form) {
    const response = await fetch(form.dataset.options, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
    });
    const options = await response.json();
    if (!response.ok) throw new Error(options.problem ?? "The gateway did not answer. Try again.");
    const fields = form.dataset.passkey === "create" ? await create(options) : await use(options);
    for (const [name, value] of Object.entries(fields)) form.elements[name].value = value;
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const note = form.querySelector("[role=alert]");
    const say = (words) => {
      note.textContent = words;
      note.hidden = false;
    };
    if (!window.PublicKeyCredential) {
      form.querySelector("button").disabled = true;
      say("This browser has no passkeys here.");
      continue;
    }
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      note.hidden = true;
      try {
        await answer(form);
      } catch (problem) {
        say(
          problem.name === "InvalidStateError" ? "This device has a passkey of yours already."
            : problem.name === "NotAllowedError" ? "No passkey was used. Try again."
              : problem.message);
        return;
      }
      // The event is not sent again.
      form.submit();
    });
  }
})();
