// Checks a receipt where it lies: nothing is sent anywhere. It stands alone, so that a saved receipt carries it along.
"use strict";
(() => {
  const WORDS = {
    none: "This is not a receipt. Give the file itself that was saved, receipt.html: if it came with a mail, save it from there first.",
    several: "There is more than one receipt in this file. Check each file by itself, as it was saved.",
    unkeyed: "There is no public key in this receipt. Give one, from a letter or from the minutes.",
    changed: "Something in this receipt was changed after it was given out. It proves nothing any more.",
    entry: "The entry in this receipt was changed, or its parts do not belong together. It proves nothing.",
    proof: "The proof does not belong to this receipt, or something in it was changed.",
    key: "The proof is not signed with the key of the log that was given, or something in it was changed.",
    nokey: "What was given as a key is no public key of a record. Copy the whole line, from a letter or from the minutes.",
    old: "This browser cannot check signatures. Everything else in the receipt fits together. To check the signature, too, open it in a newer browser: Chrome or Edge 137, Firefox 129, Safari 17 or later.",
    older: "This browser cannot check a receipt here. Open it in a newer browser: Chrome or Edge 137, Firefox 129, Safari 17 or later.",
    waits: "Everything in it fits together, but the signed proof is not in it yet. Save it again once it is signed, or add the proof below.",
  };
  const DASH = "\u2014 ";
  const [LARGEST, MOST] = [2e6, 600];
  const DATA = '<script type="application/json" id="receipt' + '-data">'; // in two, so that it stands in the file once
  const DIGEST = /^[0-9a-f]{64}$/;
  const utf8 = new TextEncoder();
  class Wrong extends Error {}
  class CannotCheck extends Error {}
  const refuse = (why) => {
    throw new Wrong(WORDS[why]);
  };

  const bytes = (text, why) => {
    let plain = "";
    try {
      plain = atob(text);
    } catch {
      refuse(why);
    }
    if (!plain || btoa(plain) !== text) refuse(why); // two texts never give the same bytes
    return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
  };
  const joined = (...parts) => {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
    return whole;
  };
  const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
  const hex = (content) => Array.from(content, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const same = (one, other) => hex(one) === hex(other);

  const readKey = async (line) => {
    const [, name, id, written] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(line.trim()) || refuse("nokey");
    const key = bytes(written, "nokey");
    const hash = await sha256(utf8.encode(name + "\n"), key);
    if (key.length !== 33 || hex(hash.slice(0, 4)) !== id || /\p{C}/u.test(name)) refuse("nokey");
    return { name, id, kind: key[0], raw: key.slice(1) };
  };

  const signedBy = async (key, message, signature) => {
    let ready;
    try {
      ready = await crypto.subtle.importKey("raw", key.raw, { name: "Ed25519" }, false, ["verify"]);
    } catch {
      throw new CannotCheck(WORDS.old);
    }
    return crypto.subtle.verify({ name: "Ed25519" }, ready, signature, message);
  };

  // a C2SP checkpoint: three lines, an empty one, signature lines
  const readCheckpoint = async (note, keys) => {
    const cut = note.lastIndexOf("\n\n");
    const text = note.slice(0, cut + 1);
    const lines = note.slice(cut + 2).split("\n");
    const [origin, size, root] = text.split("\n");
    if (cut < 0 || lines.pop() !== "" || !/^(0|[1-9]\d{0,14})$/.test(size) || !root) refuse("proof");
    let signed = false;
    for (const line of lines) {
      const [, name, written] = new RegExp(`^${DASH}(\\S+) (\\S+)$`).exec(line) || refuse("proof");
      const content = bytes(written, "proof");
      const key = keys.find((one) => one.name === name && one.id === hex(content.slice(0, 4)) && one.kind === 1);
      if (!key) continue;
      if (!(await signedBy(key, utf8.encode(text), content.slice(4)))) refuse("key");
      signed ||= key.name === origin;
    }
    if (!signed) refuse("key");
    return { origin, size: Number(size), root: bytes(root, "proof") };
  };

  // RFC 9162, 2.1.3.2; no bit operations, which end at 32 bits
  const holds = async (leaf, index, size, steps, root) => {
    if (index >= size) return false;
    const half = (number) => Math.floor(number / 2);
    let [number, last, found] = [index, size - 1, leaf];
    for (const step of steps) {
      if (last === 0) return false;
      if (number % 2 || number === last) {
        found = await sha256(Uint8Array.of(1), step, found);
        while (number % 2 === 0 && number) [number, last] = [half(number), half(last)];
      } else found = await sha256(Uint8Array.of(1), found, step);
      [number, last] = [half(number), half(last)];
    }
    return last === 0 && same(found, root);
  };

  const proven = async (text, keys) => {
    const cut = text.indexOf("\n\n");
    const [kind, index, ...steps] = text.slice(0, Math.max(cut, 0)).split("\n");
    const at = /^index (0|[1-9]\d{0,14})$/.exec(index || "");
    if (kind !== "c2sp.org/tlog-proof@v1" || !at) refuse("proof");
    const way = steps.map((step) => bytes(step, "proof"));
    return { index: Number(at[1]), way, checkpoint: await readCheckpoint(text.slice(cut + 2), keys) };
  };

  const placed = async (leaf, proofs) => {
    for (const { index, way, checkpoint } of proofs) {
      if (await holds(leaf, index, checkpoint.size, way, checkpoint.root)) return checkpoint;
    }
    return null;
  };

  // a key of the log names the one that follows it: its name, "key change", the new key
  const followed = async (keys, notes) => {
    const found = [...keys];
    for (const note of notes) {
      const [name, words, line, blank, signature] = note.split("\n");
      const [, by, written] = new RegExp(`^${DASH}(\\S+) (\\S+)$`).exec(signature || "") || [];
      if (words !== "key change" || blank !== "" || by !== name) continue;
      const fresh = await readKey(line);
      const content = bytes(written, "key");
      const old = found.find((one) => one.name === name && one.id === hex(content.slice(0, 4)) && one.kind === 1);
      const text = utf8.encode(`${name}\n${words}\n${line}\n`);
      if (old && fresh.name === name && fresh.kind === 1 && (await signedBy(old, text, content.slice(4)))) found.push(fresh);
    }
    return found;
  };

  const checkEntry = async (one) => {
    const entry = bytes(one.entry, "entry");
    const inside = JSON.parse(new TextDecoder().decode(entry));
    const leaf = await sha256(Uint8Array.of(0), entry);
    const opens = ({ group, digest, salt }) => DIGEST.test(digest) && DIGEST.test(salt) && inside.commits?.[group] === digest;
    const fits = one.entry_id === inside.id && one.recorded_at === inside.recorded_at && one.leaf === hex(leaf);
    const shaped = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(one.recorded_at) && /^https?:\/\/[^\s\p{C}]+$/u.test(one.proof_url);
    if (!fits || !shaped || !one.commitments.every(opens)) refuse("entry");
    return { leaf, at: new Date(inside.recorded_at) };
  };

  // the sentence that a receipt shows, and the only one
  const saidOf = (reference, at) => {
    const how = { timeZone: "Europe/London", year: "numeric", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const part = Object.fromEntries(new Intl.DateTimeFormat("en-GB", how).formatToParts(at).map(({ type, value }) => [type, value]));
    return `Reference ${reference}, recorded on ${part.day} ${part.month} ${part.year} at ${part.hour}:${part.minute} (${at.toISOString().slice(0, 19)}Z).`;
  };

  const SIGNS = { "&lt;": "<", "&gt;": ">", "&#34;": '"', "&#39;": "'", "&amp;": "&" };
  const unescaped = (text) => text.replace(/&(?:lt|gt|#34|#39|amp);/g, (name) => SIGNS[name]);

  // SHA-256 of all words that the file shows, spaces run together, but for the verdict it puts there itself
  const wordsOf = async (page) => {
    for (const name of ["style", "script"]) {
      const [first, ...rest] = page.split(`<${name}`);
      page = first + rest.map((one) => one.split(`</${name}>`).slice(1).join(`</${name}>`)).join(" ");
    }
    const shown = unescaped(page.replace(/<p id="verdict"[^<>]*>[^<>]*<\/p>/, "").replace(/<[^<>]*>/g, " "));
    return hex(await sha256(utf8.encode(shown.split(/\s+/).filter(Boolean).join(" "))));
  };

  // what stands in the one element of the page that begins so
  const shownAt = (head, start) => {
    const [, ...found] = head.split(start);
    if (found.length > 1) refuse("changed");
    return found.length ? unescaped(found[0].split("</")[0]) : null;
  };

  const readData = async (page) => {
    const [head, ...parts] = page.split(DATA);
    if (parts.length > 1) refuse("several");
    const said = shownAt(head, '<p id="said">');
    if (!parts.length || said === null) refuse("none");
    let data;
    try {
      data = JSON.parse(parts[0].split("</" + "script>")[0]);
    } catch {
      refuse("changed");
    }
    if (!data || typeof data !== "object" || Array.isArray(data)) refuse("none");
    const { checksum, ...rest } = data;
    const fits = checksum === hex(await sha256(utf8.encode(JSON.stringify(rest))));
    const shown = { origin: rest.origin, keys: Array.isArray(rest.keys) ? rest.keys.join(" ") : null };
    const others = ["origin", "keys"].every((name) => [null, shown[name]].includes(shownAt(head, `<code id="${name}">`)));
    const words = !("words" in rest) || rest.words === (await wordsOf(page));
    if (!fits || said !== rest.said || !others || !words) refuse("changed");
    return rest;
  };

  const checkAll = async (data, keyLines, added) => {
    if (data.entries.length > MOST) refuse("entry");
    const entries = [];
    for (const one of data.entries) entries.push(await checkEntry(one));
    const keys = await followed(await Promise.all(keyLines.map(readKey)), data.key_changes || []);
    const tidy = added.map((text) => text.replace(/\r\n?/g, "\n").trim() + "\n").filter((text) => text !== "\n");
    const proofs = [...tidy, ...data.entries.map((one) => one.proof).filter(Boolean)];
    const given = [];
    for (const text of proofs) given.push(await proven(text, keys));
    const found = [];
    for (const { leaf } of entries) found.push(await placed(leaf, given));
    const whole = /^\d{4}-[0-9A-Z]{5}$/.test(data.reference) && data.said === saidOf(data.reference, entries[0].at);
    if (!whole) refuse("changed");
    if (proofs.length && !found.some(Boolean)) refuse("proof");
    return { data, at: entries[0].at, checkpoint: found.every(Boolean) ? found[0] : null };
  };

  const check = async (page, published, added) => {
    if (!globalThis.crypto || !crypto.subtle) throw new CannotCheck(WORDS.older);
    const data = await readData(page);
    if (!published && Array.isArray(data.keys) && !data.keys.length) refuse("unkeyed");
    try {
      return await checkAll(data, published || data.keys, added);
    } catch (fault) {
      if (fault instanceof Wrong || fault instanceof CannotCheck) throw fault;
      return refuse("entry");
    }
  };

  const moment = (at) =>
    at.toLocaleString("en-GB", { timeZone: "Europe/London", dateStyle: "long", timeStyle: "short" });
  const say = (place, kind, text) => {
    place.hidden = false;
    place.dataset.kind = kind;
    place.textContent = text;
  };
  const judge = async (place, work) => {
    say(place, "", "Checking …");
    try {
      const { data, at, checkpoint } = await work();
      if (checkpoint) {
        const size = checkpoint.size.toLocaleString("en-GB");
        say(place, "sound", `This receipt is sound. What it stands for was received and recorded on ${moment(at)} (UK time), and is in the signed record ${checkpoint.origin} of ${size} entries. That entry was not changed since.`);
      } else say(place, "waits", WORDS.waits);
      return { data, waits: !checkpoint };
    } catch (fault) {
      const known = fault instanceof Wrong || fault instanceof CannotCheck;
      say(place, fault instanceof CannotCheck ? "waits" : "wrong", known ? fault.message : WORDS.none);
      return { data: null, waits: fault instanceof CannotCheck };
    }
  };
  const by = (id) => document.getElementById(id);

  const ownFile = () => {
    const run = async () => {
      const keys = by("key").value.trim();
      const work = () =>
        check(document.documentElement.outerHTML, keys ? keys.split(/\s+/) : null, [by("proof").value]);
      const { waits } = await judge(by("verdict"), work);
      by("add").open ||= waits;
    };
    by("check").addEventListener("click", run);
    run();
  };

  const textOf = async (file) => {
    const content = new Uint8Array(await file.arrayBuffer());
    const mark = hex(content.slice(0, 2));
    return new TextDecoder({ fffe: "utf-16le", feff: "utf-16be" }[mark] || "utf-8").decode(content);
  };

  const chosenFile = (form) => {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      by("again").hidden = true;
      const [file] = by("receipt").files;
      if (!file) return say(by("verdict"), "wrong", "Choose the file of the receipt.");
      const proofs = await Promise.all(Array.from(by("proofs").files, textOf));
      const { data, waits } = await judge(by("verdict"), async () => {
        if (file.size > LARGEST) refuse("none");
        return check(await textOf(file), form.dataset.keys.split(/\s+/).filter(Boolean), proofs);
      });
      if (!data || !waits) return;
      const { reference, entries } = data;
      by("again-receipt").value = JSON.stringify({ reference, entries: entries.map(({ proof, ...one }) => one) });
      by("again").hidden = false;
    });
  };

  const begin = () => {
    if (by("receipt-data")) ownFile();
    if (by("check-receipt")) chosenFile(by("check-receipt"));
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin); // what follows is shown, too
  else begin();
})();
