const api = "/api/v1/users";
const send = (path: string, body: unknown, headers = {}) =>
  fetch(api + path, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
const keep = async (answer: Response) => {
  const { access_token, csrf_token, mfa_token } = await answer.json();
  if (csrf_token) localStorage.csrf = csrf_token; // the refresh token is a cookie that no script can read
  return { access_token, mfa_token };
};
export const signIn = async (email: string, password: string) => keep(await send("/login", { email, password }));
export const code = async (mfa_token: string, code: string) => keep(await send("/login/mfa", { mfa_token, code }));
export const refresh = async () => keep(await fetch(api + "/refresh", { method: "POST", headers: { "x-csrf-token": localStorage.csrf } }));
export const elsewhere = async () => keep(await send("/oauth/finish", { ticket: location.hash.split("oauth_ticket=")[1] }));
