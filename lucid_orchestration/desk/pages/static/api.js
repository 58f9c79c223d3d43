// Asking the service: the token of this page goes along with whatever changes something.
const token = document.querySelector('meta[name="lucid-token"]')?.content ?? "";

export async function ask(method, address, body) {
  const headers = { "X-Lucid-Token": token };
  let content = body;
  if (body !== undefined && !(body instanceof FormData)) {
    headers["Content-Type"] = "application/json";
    content = typeof body === "string" ? body : JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(address, { method, headers, body: content, credentials: "same-origin" });
  } catch {
    throw new Error("The desk does not answer. Is it still open?");
  }
  const result = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (!answer.ok) {
    throw new Error(result ? `${result.detail} ${result.remedy}` : `It failed (${answer.status}).`);
  }
  return result;
}

export function say(place, text, isWrong = false) {
  if (!place) return;
  place.textContent = text;
  place.classList.toggle("wrong", isWrong);
}
