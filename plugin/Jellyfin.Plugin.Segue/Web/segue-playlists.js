// The part of Segue's settings page that deals with playlists, names and groups. segue.js loads it and calls its default export.

// Each look reads every list and its cover.
const LIST_MS = 60000;

export default function (view) {
  const find = (id) => view.querySelector('#' + id);
  let listedAt = 0;

  function setText(id, text) {
    find(id).textContent = text;
  }

  function make(tag, properties, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  function button(text, label, act) {
    const element = make('button', { type: 'button', className: 'raised emby-button' }, make('span', { textContent: text }));
    element.setAttribute('aria-label', label);
    element.addEventListener('click', act);
    return element;
  }

  // Answers

  async function send(type, path, data) {
    return ApiClient.ajax({ type, url: ApiClient.getUrl(path), data, contentType: 'application/json', dataType: 'json' });
  }

  async function sendOnly(type, path, data) {
    return ApiClient.ajax({ type, url: ApiClient.getUrl(path), data, contentType: 'application/json' });
  }

  // The client's own call would send a file as text.
  async function sendFile(path, parameters, file) {
    const response = await fetch(ApiClient.getUrl(path, parameters), {
      method: 'POST',
      headers: { Authorization: 'MediaBrowser Token="' + ApiClient.accessToken() + '"', Accept: 'application/json' },
      body: file,
    });
    if (!response.ok) {
      throw response;
    }

    return response.json();
  }

  // A refusal says why in a sentence.
  async function reason(error) {
    try {
      const problem = await error.json();
      return problem.detail || problem.Detail || 'The server refused.';
    } catch (unreadable) {
      return 'The server does not answer.';
    }
  }

  async function attempt(place, act) {
    Dashboard.showLoadingMsg();
    try {
      setText(place, '');
      await act();
    } catch (error) {
      setText(place, await reason(error));
    } finally {
      Dashboard.hideLoadingMsg();
    }
  }

  // Playlists

  function toggle(playlist, setting, label) {
    const box = make('input', { type: 'checkbox', checked: playlist[setting] });
    box.setAttribute('aria-label', label + ': ' + playlist.Name);
    box.addEventListener('change', () => edit(playlist, { [setting]: box.checked }));
    return box;
  }

  function nameField(playlist) {
    const field = make('input', { type: 'text', className: 'emby-input', value: playlist.Name, maxLength: 200, title: playlist.Description });
    field.setAttribute('aria-label', 'Name of ' + playlist.Name + '. Empty: the rule\'s.');
    field.addEventListener('change', () => edit(playlist, { Name: field.value }));
    return field;
  }

  function describe(published) {
    return published.map((list) => list.Name + (list.Owner ? ' (' + list.Owner + ')' : '')
      + (list.Theirs.length ? ', changed by people: ' + list.Theirs.join(', ') : '')).join('; ') || '–';
  }

  function row(playlist) {
    const actions = make('td', {});
    if (playlist.Published.some((list) => list.Theirs.length)) {
      actions.append(button('Take back', 'Take back what people changed of ' + playlist.Name, () => edit(playlist, { TakeBack: true })));
    }

    if (playlist.Kind === 'Definition') {
      actions.append(button('Change', 'Change the definition of ' + playlist.Name, () => take(playlist)));
      actions.append(button('Forget', 'Forget the definition of ' + playlist.Name, () => forget(playlist)));
    }

    return make('tr', {},
      make('td', {}, nameField(playlist), playlist.Faded ? make('div', { className: 'fieldDescription', textContent: 'fading' }) : ''),
      make('td', { textContent: playlist.Tracks.toLocaleString() }),
      make('td', {}, toggle(playlist, 'Pinned', 'Pinned')),
      make('td', {}, toggle(playlist, 'Excluded', 'Excluded')),
      make('td', { textContent: describe(playlist.Published) }),
      actions);
  }

  async function edit(playlist, change) {
    await attempt('segueListsProblem', async () => {
      await send('POST', 'Segue/Playlists/' + encodeURIComponent(playlist.Key), JSON.stringify(change));
    });
    await list(true);
  }

  async function forget(playlist) {
    await attempt('segueListsProblem', () => sendOnly('DELETE', 'Segue/Definitions/' + encodeURIComponent(playlist.Key)));
    await list(true);
  }

  function showReports(answer) {
    const report = answer.Reports[0];
    const published = answer.Published;
    const parts = [];
    if (report) {
      parts.push('Last run ' + new Date(report.FinishedAt).toLocaleString() + ': ' + report.Playlists.toLocaleString() + ' playlists of '
        + report.Tracks.toLocaleString() + ' tracks; ' + report.New + ' new, ' + report.Continued + ' continued, ' + report.Fading + ' fading, '
        + report.Gone + ' gone; ' + report.TracksAdded + ' tracks came, ' + report.TracksRemoved + ' left.');
      parts.push(report.Clusters.Algorithm + ' (' + report.Clusters.Parameters + '), ' + report.Clusters.Runs.toLocaleString() + ' runs, fitness '
        + report.Clusters.Fitness.toFixed(3) + '.');
    }

    if (published) {
      parts.push('In Jellyfin: ' + published.Created + ' created, ' + published.Updated + ' updated, ' + published.Unchanged + ' as before, '
        + published.Removed + ' removed, ' + published.LeftToPeople + ' left to people, ' + published.Dismissed + ' deleted by people, '
        + published.Closed + ' shown to fewer.');
    }

    setText('segueReport', parts.join(' '));
    find('segueReportNotes').replaceChildren(...(report ? report.Notes : []).map((note) => make('li', { textContent: note })));
  }

  async function list(now) {
    if (!now && Date.now() - listedAt < LIST_MS) {
      return;
    }

    // A name that is being typed must not vanish under the hands.
    if (!now && find('segueLists').contains(document.activeElement)) {
      return;
    }

    listedAt = Date.now();
    try {
      const [playlists, reports] = await Promise.all([
        ApiClient.getJSON(ApiClient.getUrl('Segue/Playlists')),
        ApiClient.getJSON(ApiClient.getUrl('Segue/Reports', { count: 1 })),
      ]);
      find('segueLists').replaceChildren(...playlists.map(row));
      showReports(reports);
      find('segueListsBox').hidden = false;
    } catch (error) {
      find('segueListsBox').hidden = true;
    }
  }

  // Definitions

  let replaced = '';

  function take(playlist) {
    replaced = playlist.Key;
    find('segueDefinition').value = playlist.Definition;
    find('segueDefinitionName').value = playlist.Name;
    find('segueDefinition').focus();
  }

  function definition() {
    return { Definition: find('segueDefinition').value, Name: find('segueDefinitionName').value, Key: replaced };
  }

  async function preview() {
    find('seguePreviewTracks').replaceChildren();
    await attempt('seguePreviewText', async () => {
      const answer = await send('POST', 'Segue/Definitions/Preview', JSON.stringify({ Definition: definition().Definition }));
      setText('seguePreviewText', answer.Count.toLocaleString() + ' tracks. ' + answer.Description);
      find('seguePreviewTracks').replaceChildren(...answer.Tracks.map((track) =>
        make('li', { textContent: track.Artist ? track.Artist + ' – ' + track.Title : track.Title })));
    });
  }

  async function keep() {
    await attempt('seguePreviewText', async () => {
      const kept = await send('POST', 'Segue/Definitions', JSON.stringify(definition()));
      replaced = '';
      setText('seguePreviewText', 'Kept: ' + kept.Name + ', ' + kept.Tracks.toLocaleString() + ' tracks.');
    });
    await list(true);
  }

  // Imports

  async function importFile(create) {
    const file = find('segueFile').files[0];
    find('segueImportMissing').replaceChildren();
    if (!file) {
      setText('segueImportText', 'Choose a file first.');
      return;
    }

    await attempt('segueImportText', async () => {
      const answer = await sendFile('Segue/Import', { name: file.name, fill: find('segueFill').checked, create }, file);
      setText('segueImportText', answer.Title + ': ' + answer.Found.toLocaleString() + ' found, ' + answer.Missing.toLocaleString() + ' missing'
        + (answer.Filled.length ? ', ' + answer.Filled.length.toLocaleString() + ' in their place' : '')
        + (answer.PlaylistId ? '. It is among your playlists now.' : '.'));
      find('segueImportMissing').replaceChildren(...answer.Entries.filter((entry) => !entry.Found).slice(0, 200).map((entry) =>
        make('li', { textContent: 'Missing: ' + [entry.Artist, entry.Title, entry.Album].filter(Boolean).join(' – ') })));
    });
  }

  // Keys of services: one for each, whatever it is asked

  function keyBox(setting, prefix) {
    const choice = view.querySelector('[data-setting="' + setting + '"]');
    const state = prefix + 'State';

    async function show() {
      find(prefix + 'Box').hidden = choice.value === 'None';
      if (choice.value === 'None') {
        return;
      }

      try {
        const states = await ApiClient.getJSON(ApiClient.getUrl('Segue/Naming/Key'));
        const known = states.find((candidate) => candidate.Provider === choice.value);
        setText(state, known && known.IsSet ? 'There is a key.' : 'There is no key.');
      } catch (error) {
        setText(state, await reason(error));
      }
    }

    async function change(act) {
      try {
        await act('Segue/Naming/Key/' + encodeURIComponent(choice.value));
        find(prefix).value = '';
        await showKeys();
      } catch (error) {
        setText(state, await reason(error));
      }
    }

    choice.addEventListener('change', show);
    find(prefix + 'Set').addEventListener('click', () => change((path) => sendOnly('PUT', path, JSON.stringify({ Key: find(prefix).value }))));
    find(prefix + 'Forget').addEventListener('click', () => change((path) => sendOnly('DELETE', path)));
    return show;
  }

  const keys = [keyBox('NamingService', 'segueKey'), keyBox('VisionService', 'segueVisionKey')];

  async function showKeys() {
    await Promise.all(keys.map((show) => show()));
  }

  // Groups

  async function elbow() {
    await attempt('segueElbowText', async () => {
      setText('segueElbowText', 'Looking …');
      const answer = await ApiClient.getJSON(ApiClient.getUrl('Segue/Elbow'));
      setText('segueElbowText', answer.Suggested ? 'Suggested: ' + answer.Suggested + ' groups.' : 'No number stands out.');

      // As a picture, in which no script runs.
      const image = find('segueElbowImage');
      URL.revokeObjectURL(image.src);
      image.src = URL.createObjectURL(new Blob([answer.Svg], { type: 'image/svg+xml' }));
      image.hidden = !answer.Svg;
    });
  }

  async function quality() {
    await attempt('segueQualityText', async () => {
      const answer = await ApiClient.getJSON(ApiClient.getUrl('Segue/DataQuality'));
      setText('segueQualityText', answer.TakingPart.toLocaleString() + ' of ' + answer.Tracks.toLocaleString() + ' tracks take part; '
        + answer.Missing.toLocaleString() + ' were not heard enough, ' + answer.NotFinite.toLocaleString() + ' have values that are no numbers, '
        + answer.Outlying.toLocaleString() + ' lie far from everything. ' + answer.Dimensions + ' numbers each, ' + answer.Constant
        + ' of them the same for all; ' + answer.KeptDimensions + ' kept.');
    });
  }

  const actions = {
    seguePreview: preview,
    segueKeep: keep,
    segueMatch: () => importFile(false),
    segueImport: () => importFile(true),
    segueElbow: elbow,
    segueQuality: quality,
  };
  for (const [id, act] of Object.entries(actions)) {
    find(id).addEventListener('click', act);
  }

  // A definition that is written anew is a new one.
  find('segueDefinition').addEventListener('input', () => {
    replaced = find('segueDefinition').value ? replaced : '';
  });

  return { list, showKeys, tools: { find, setText, make, button, send, sendOnly, reason, attempt } };
}
