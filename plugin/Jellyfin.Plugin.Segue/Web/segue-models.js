// The part of Segue's settings page that deals with models that can be added, with what has been heard, and with trying the search.
// segue.js loads it and calls its default export.

const POLL_MS = 1000;

// Each look reads the files that are there.
const LOOK_MS = 60000;

export default function (view, tools) {
  const { find, setText, make, button, send, sendOnly, reason, attempt } = tools;
  let lookedAt = 0;
  let job = null;

  function formatSize(bytes) {
    return (bytes / 1e6).toLocaleString(undefined, { maximumFractionDigits: bytes < 1e7 ? 1 : 0 }) + ' MB';
  }

  function confirm(text, title) {
    return new Promise((resolve) => {
      Dashboard.confirm(text, title, resolve);
    });
  }

  // Packs

  const STATES = {
    Absent: 'Not installed.',
    Partial: 'Half fetched: installing goes on from there.',
    Installed: 'Installed.',
    Damaged: 'Damaged.',
  };

  function describeSize(pack) {
    return [pack.Bytes ? formatSize(pack.Bytes) + (pack.Fetched ? ' to fetch' : '') : '', pack.MemoryBytes ? formatSize(pack.MemoryBytes) + ' of memory while it is used' : '']
      .filter(Boolean).join(', ');
  }

  function licence(pack) {
    const text = 'Licence: ' + pack.Licence + '. ' + pack.Terms + (pack.Source ? ' By ' + pack.Source + '.' : '');
    const line = make('p', { textContent: text + ' ' });
    if (/^https:/.test(pack.LicenceUrl || '')) {
      line.append(make('a', { href: pack.LicenceUrl, target: '_blank', rel: 'noopener noreferrer', className: 'button-link', textContent: 'Read it' }));
    }

    return line;
  }

  function byHand(pack) {
    return pack.Fetched || pack.State === 'Installed' ? [] : [
      make('p', { textContent: 'Segue cannot fetch it. Put these files into ' + pack.Folder + ' on the server: ' + pack.Files.map((file) => file.Name).join(', ') + '.' }),
    ];
  }

  function card(pack) {
    const buttons = make('div', { className: 'segueButtons' });
    if (pack.Fetched && pack.State !== 'Installed') {
      buttons.append(button(pack.State === 'Partial' ? 'Go on' : 'Install', 'Install ' + pack.Title, () => install(pack)));
    }

    if (pack.State !== 'Absent') {
      buttons.append(button('Remove', 'Remove ' + pack.Title, () => remove(pack)));
    }

    for (const element of buttons.children) {
      element.disabled = job !== null;
    }

    const state = [STATES[pack.State] || pack.State, pack.Detail, pack.Songs ? pack.Songs.toLocaleString() + ' songs heard with it.' : ''];
    return make('div', { className: 'seguePack' },
      make('h4', { textContent: pack.Title }),
      make('p', { textContent: [pack.About, ...pack.Enables].join(' ') }),
      licence(pack),
      make('p', { className: 'fieldDescription', textContent: describeSize(pack) }),
      ...byHand(pack),
      make('p', { textContent: state.filter(Boolean).join(' ') }),
      buttons);
  }

  async function listPacks() {
    const packs = await ApiClient.getJSON(ApiClient.getUrl('Segue/Models'));
    find('seguePacks').replaceChildren(...packs.map(card));
    find('seguePacksBox').hidden = packs.length === 0;
  }

  async function install(pack) {
    const terms = [pack.Licence + ': ' + pack.Terms, describeSize(pack)].filter(Boolean).join('\n\n');
    if (!await confirm(terms, 'Fetch ' + pack.Title + ' and accept its licence?')) {
      return;
    }

    await attempt('seguePacksProblem', async () => {
      job = await send('POST', 'Segue/Models/' + encodeURIComponent(pack.Name) + '/Install', JSON.stringify({ Accept: pack.Licence }));
      showJob();
      watch();
    });
  }

  async function remove(pack) {
    if (!await confirm('Its files are deleted. What was heard with it stays.', 'Remove ' + pack.Title + '?')) {
      return;
    }

    await attempt('seguePacksProblem', async () => {
      await sendOnly('DELETE', 'Segue/Models/' + encodeURIComponent(pack.Name));
      await listPacks();
    });
  }

  // An installation that is under way

  function isUnderWay() {
    return job.State === 'Waiting' || job.State === 'Running';
  }

  function showJob() {
    const percent = Math.round(100 * (job.Progress || 0));
    setText('segueInstallText', job.State === 'Waiting' ? 'Waiting for another installation.' : (job.Step || 'Beginning') + ': ' + percent + ' %');
    find('segueInstallBarBox').setAttribute('aria-valuenow', String(percent));
    find('segueInstallBar').style.width = percent + '%';
    find('segueInstallBox').hidden = false;
    for (const element of find('seguePacks').querySelectorAll('button')) {
      element.disabled = true;
    }
  }

  async function watch() {
    let problem = '';
    while (isUnderWay() && !problem && view.isConnected) {
      await new Promise((resolve) => {
        setTimeout(resolve, POLL_MS);
      });
      try {
        job = await ApiClient.getJSON(ApiClient.getUrl('Segue/Jobs/' + encodeURIComponent(job.Id)));
        showJob();
      } catch (error) {
        problem = await reason(error);
      }
    }

    if (job.State === 'Failed') {
      problem = job.Problem || 'The installation failed. The server\'s log says why.';
    }

    setText('seguePacksProblem', problem);
    find('segueInstallBox').hidden = true;
    job = null;
    await refresh(true);
  }

  // One that was begun before the page was opened
  async function resume() {
    const jobs = await ApiClient.getJSON(ApiClient.getUrl('Segue/Jobs'));
    job = jobs.find((candidate) => candidate.Kind === 'PackInstallation' && ['Waiting', 'Running'].includes(candidate.State)) || null;
    if (job) {
      showJob();
      watch();
    }
  }

  async function cancel() {
    if (job) {
      await attempt('seguePacksProblem', () => sendOnly('DELETE', 'Segue/Jobs/' + encodeURIComponent(job.Id)));
    }
  }

  // What has been heard

  const CONDITIONS = { green: 'All that is known has been heard.', yellow: 'Something is left to hear.', red: 'The last run failed, or the database was damaged.' };

  async function showCollection() {
    const collection = await ApiClient.getJSON(ApiClient.getUrl('Segue/Collection'));
    setText('segueCollectionText', collection.CollectionName + ': ' + collection.VectorsCount.toLocaleString() + ' vectors of '
      + collection.PointsCount.toLocaleString() + ' songs. ' + (CONDITIONS[collection.Status] || ''));
    find('segueCollectionModels').replaceChildren(...collection.Models.map((model) => make('tr', {},
      ...[model.Name, model.Dimensions.toLocaleString(), model.VectorsCount.toLocaleString(), model.Current.toLocaleString(), model.Version || '–']
        .map((text) => make('td', { textContent: text })))));
    find('segueCollectionBox').hidden = false;
  }

  // Trying the search

  async function search() {
    find('segueTryTracks').replaceChildren();
    await attempt('segueTryText', async () => {
      const answer = await ApiClient.getJSON(ApiClient.getUrl('Segue/Search', { q: find('segueTry').value, limit: 20 }));
      const understood = answer.Understood.map((piece) => (piece.Negated ? 'not ' : '') + piece.Label).join(' · ');
      setText('segueTryText', (understood ? 'Understood: ' + understood + '. ' : '')
        + (answer.Left.length ? 'Looked for by name: ' + answer.Left.join(' ') + '. ' : '') + (answer.Tracks.length ? '' : 'Nothing fits.'));
      find('segueTryTracks').replaceChildren(...answer.Tracks.map((track) =>
        make('li', { textContent: (track.Artist ? track.Artist + ' – ' : '') + track.Title + (track.Reason ? ': ' + track.Reason : '') })));
    });
  }

  async function refresh(now) {
    if (job || (!now && Date.now() - lookedAt < LOOK_MS)) {
      return;
    }

    lookedAt = Date.now();
    for (const [box, show] of [['seguePacksBox', listPacks], ['segueCollectionBox', showCollection]]) {
      try {
        await show();
      } catch (error) {
        find(box).hidden = true;
      }
    }

    try {
      await resume();
    } catch (error) {
      setText('seguePacksProblem', await reason(error));
    }
  }

  find('segueInstallCancel').addEventListener('click', cancel);
  find('segueTrySearch').addEventListener('click', search);

  // Return searches; it must not save the settings.
  find('segueTry').addEventListener('keydown', (event) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      search();
    }
  });

  return { refresh };
}
