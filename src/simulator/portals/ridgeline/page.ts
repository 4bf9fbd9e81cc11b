/** The one page of Ridgeline Life, with its script. */
export const rpcPage = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Ridgeline Life</title></head>
<body>
<header><h1>Ridgeline Life</h1><button id="leave" hidden>Sign out</button></header>
<p id="said" role="status"></p>
<main id="work" hidden>
  <form id="search"><label for="number">Policy number</label> <input id="number"><button>Look up</button></form>
  <div id="answer"></div>
</main>
<dialog id="box">
  <form id="enter">
    <p><label for="user">Login</label> <input id="user" autocomplete="username"></p>
    <p><label for="secret">Password</label> <input id="secret" type="password" autocomplete="current-password"></p>
    <button>Enter</button>
  </form>
</dialog>
<dialog id="second">
  <form id="confirm">
    <p><label for="code">Code of your authenticator</label> <input id="code" autocomplete="one-time-code"></p>
    <button>Confirm</button>
  </form>
</dialog>
<script>
const at = (id) => document.getElementById(id);
let calls = 0;
let challenge;
const rpc = async (method, params) => {
  const body = JSON.stringify({ jsonrpc: '2.0', id: ++calls, method, params });
  const answer = await (await fetch('/rpc', { method: 'POST', headers: { 'content-type': 'application/json' }, body })).json();
  if (answer.error) throw answer.error;
  return answer.result;
};
const ask = () => { at('work').hidden = true; at('leave').hidden = true; at('secret').value = ''; at('box').showModal(); };
const enter = ({ open, said = '', ...rest }) => {
  at('said').textContent = said;
  if (open) { at('work').hidden = false; at('leave').hidden = false; return; }
  challenge = rest.challenge;
  if (challenge) { at('code').value = ''; at('second').showModal(); } else ask();
};
at('enter').onsubmit = async (event) => {
  event.preventDefault();
  const sent = { user: at('user').value, secret: at('secret').value };
  at('box').close();
  enter(await rpc('session.open', sent));
};
at('confirm').onsubmit = async (event) => {
  event.preventDefault();
  at('second').close();
  enter(await rpc('session.code', { challenge, code: at('code').value }));
};
at('leave').onclick = () => ask();
const line = (text) => { const p = document.createElement('p'); p.textContent = text; at('answer').append(p); };
const show = (policy) => {
  line('Policy: ' + policy.number);
  line('Standing: ' + policy.status);
  line('Plan: ' + policy.product);
  for (const { name, amount } of policy.values) line(name + ': ' + (amount === undefined ? 'not stated' : '$' + amount));
};
at('search').onsubmit = async (event) => {
  event.preventDefault();
  at('answer').textContent = '';
  try {
    const number = at('number').value;
    const { found } = await rpc('policy.find', { number });
    if (found.length === 0) return line('Nobody of yours has this number.');
    show(await rpc('policy.show', { number: found[0] }));
  } catch (error) { if (error.code === -32001) ask(); else line('Something went wrong.'); }
};
rpc('policy.find', { number: '' }).then(() => enter({ open: true }), ask);
</script>
</body>
</html>
`;
