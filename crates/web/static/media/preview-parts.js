// Small pieces of the sheets about sound and picture.

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {string} look
 * @param {string} words
 */
export function element(tag, look, words) {
  const made = document.createElement(tag);
  if (look) made.className = look;
  made.textContent = words;
  return made;
}

/**
 * @param {string} id
 * @param {[value: string, words: string][]} options
 * @param {(value: string) => void} chose
 */
export function select(id, options, chose) {
  const made = document.createElement("select");
  made.id = id;
  made.append(...options.map(([value, words]) => new Option(words, value)));
  made.addEventListener("change", () => chose(made.value));
  return made;
}

/**
 * A few things of which one holds.
 * @param {string} name
 * @param {string} legend
 * @param {[value: string, words: string, more: string][]} options
 * @param {string} now
 * @param {(value: string) => void} chose
 */
export function choices(name, legend, options, now, chose) {
  const set = element("fieldset", "stack near", "");
  set.append(element("legend", "lab", legend));
  for (const [value, words, more] of options) {
    set.append(pick("radio", name, [value, words, more], value === now, () => chose(value)));
  }
  return set;
}

/**
 * A choice: the whole cloth is the target.
 * @param {"radio" | "checkbox"} type
 * @param {string} name
 * @param {[value: string, words: string, more: string]} what
 * @param {boolean} isOn
 * @param {(isOn: boolean) => void} turned
 */
export function pick(type, name, [value, words, more], isOn, turned) {
  const label = element("label", "pick", "");
  const input = document.createElement("input");
  input.type = type;
  input.name = name;
  input.value = value;
  input.checked = isOn;
  input.addEventListener("change", () => turned(input.checked));
  const text = document.createElement("span");
  text.append(element("b", "", words));
  if (more) text.append(element("small", "", more));
  label.append(input, text);
  return label;
}
