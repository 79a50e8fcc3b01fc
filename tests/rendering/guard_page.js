const reached = '%s', control = '/control';
const attempts = {
  fetch: () => fetch(`http://${reached}/fetch`, {mode: 'no-cors'}),
  redirect: () => fetch('/redirect', {mode: 'no-cors'}),
  xhr: () => new Promise(done => {
    const request = new XMLHttpRequest();
    request.onloadend = done; request.open('GET', `http://${reached}/xhr`); request.send();
  }),
  beacon: () => navigator.sendBeacon(`http://${reached}/beacon`, 'text'),
  websocket: () => new Promise(done => {
    const socket = new WebSocket(`ws://${reached}/websocket`); socket.onerror = socket.onclose = socket.onopen = done;
  }),
  events: () => new Promise(done => {
    const events = new EventSource(`http://${reached}/events`); events.onerror = events.onopen = done;
  }),
  script: () => element('script', {src: `http://${reached}/script.js`}),
  stylesheet: () => element('link', {rel: 'stylesheet', href: `http://${reached}/style.css`}),
  preload: () => element('link', {rel: 'preload', as: 'script', href: `http://${reached}/preload.js`}),
  preconnect: () => element('link', {rel: 'preconnect', href: `http://${reached}/`}),
  prefetch: () => element('link', {rel: 'prefetch', href: `http://${reached}/prefetch`}),
  image: () => element('img', {src: `http://${reached}/image.png`}),
  frame: () => element('iframe', {src: `http://${reached}/frame`}),
  object: () => element('object', {data: `http://${reached}/object`}),
  worker: () => worker(`fetch('http://${reached}/worker', {mode: 'no-cors'}).finally(() => postMessage(1))`),
  imports: () => worker(`try { importScripts('http://${reached}/imports.js') } catch {} postMessage(1)`),
  socketOfWorker: () => worker(
    `const socket = new WebSocket('ws://${reached}/socket'); socket.onerror = socket.onopen = () => postMessage(1)`),
  serviceWorker: () => navigator.serviceWorker.register('/service.js'),
  popup: () => { window.open(`http://${reached}/popup`); },
  peers: () => new Promise(done => {
    const peer = new RTCPeerConnection({iceServers: [
      {urls: `stun:${reached}`}, {urls: `turn:${reached}?transport=tcp`, username: 'a', credential: 'b'}]});
    peer.createDataChannel('x'); peer.onicegatheringstatechange = () => peer.iceGatheringState === 'complete' && done();
    peer.createOffer().then(offer => peer.setLocalDescription(offer)); setTimeout(done, 1500);
  }),
  transport: () => new WebTransport(`https://${reached}/transport`).ready,
};
function element(name, attributes) {
  return new Promise(done => {
    const made = Object.assign(document.createElement(name), attributes);
    made.onload = made.onerror = done; setTimeout(done, 500);
    document.head.append(made);
  });
}
function worker(script) {
  return new Promise(done => {
    const started = new Worker(URL.createObjectURL(new Blob([script], {type: 'text/javascript'})));
    started.onmessage = started.onerror = done;
  });
}
async function attempt() {
  const busy = setInterval(() => fetch(control), 100);  // a page that asks for nothing is taken for complete
  await Promise.all(Object.values(attempts).map(async each => { try { await each(); } catch {} }));
  await fetch('/tried');
  clearInterval(busy);
  location = `http://${reached}/navigation`;
}
attempt();
