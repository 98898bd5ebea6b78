// Form elements for the dialogs about sound and video.

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {string} className
 * @param {string} words
 */
export function makeElement(tag, className, words) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = words;
  return element;
}

/**
 * @param {string} id
 * @param {[value: string, words: string][]} options
 * @param {(value: string) => void} onChoice
 */
export function makeSelect(id, options, onChoice) {
  const element = document.createElement("select");
  element.id = id;
  element.append(...options.map(([value, words]) => new Option(words, value)));
  element.addEventListener("change", () => onChoice(element.value));
  return element;
}

/**
 * A group of radio buttons.
 * @param {string} name
 * @param {string} legend
 * @param {[value: string, words: string, more: string][]} options
 * @param {string} now
 * @param {(value: string) => void} onChoice
 */
export function makeRadioGroup(name, legend, options, now, onChoice) {
  const set = makeElement("fieldset", "stack near", "");
  set.append(makeElement("legend", "lab", legend));
  for (const [value, words, more] of options) {
    set.append(makeChoice("radio", name, [value, words, more], value === now, () => onChoice(value)));
  }
  return set;
}

/**
 * A radio button or checkbox; the whole label is the target.
 * @param {"radio" | "checkbox"} type
 * @param {string} name
 * @param {[value: string, words: string, more: string]} what
 * @param {boolean} isOn
 * @param {(isOn: boolean) => void} onChange
 */
export function makeChoice(type, name, [value, words, more], isOn, onChange) {
  const label = makeElement("label", "pick", "");
  const input = document.createElement("input");
  input.type = type;
  input.name = name;
  input.value = value;
  input.checked = isOn;
  input.addEventListener("change", () => onChange(input.checked));
  const text = document.createElement("span");
  text.append(makeElement("b", "", words));
  if (more) text.append(makeElement("small", "", more));
  label.append(input, text);
  return label;
}
